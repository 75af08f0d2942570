import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { declareCommands } from '../../src/cli/commands.ts';
import { generateSchemas } from '../../tools/schemas/generate.ts';
import { SCHEMAS, VERSIONS } from '../../tools/schemas/versions.ts';

/** The words of every command below one that takes `--json`. */
function commandsWithJson(parent: Command, words: readonly string[] = []): readonly string[] {
  return parent.commands.flatMap((command) => {
    const own = [...words, command.name()];
    const takesJson = command.options.some(({ long }) => long === '--json');
    return [...(takesJson ? [own.join(' ')] : []), ...commandsWithJson(command, own)];
  });
}

describe('the published schemas', () => {
  it('are those of the code; `npm run schemas` writes them anew', () => {
    const published = readdirSync(SCHEMAS)
      .filter((file) => file.endsWith('.json'))
      .map((file): [string, string] => [file, readFileSync(join(SCHEMAS, file), 'utf8')]);
    expect(Object.fromEntries(published)).toEqual(Object.fromEntries(generateSchemas()));
  });

  it('describe the documents of all commands that take --json, and of no other', () => {
    const program = new Command();
    declareCommands(program);
    expect(commandsWithJson(program).toSorted()).toEqual(Object.keys(VERSIONS).toSorted());
  });
});
