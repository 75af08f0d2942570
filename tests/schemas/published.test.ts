import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { Documents } from '../../src/app/documents.ts';
import { declareCommands } from '../../src/cli/commands.ts';
import { generateSchemas } from '../../tools/schemas/generate.ts';
import type { JsonSchema } from '../../tools/schemas/json-schema.ts';
import { schemaFileOf, SCHEMAS, VERSIONS } from '../../tools/schemas/versions.ts';

/** The words of every command below one that takes `--json`. */
function commandsWithJson(parent: Command, words: readonly string[] = []): readonly string[] {
  return parent.commands.flatMap((command) => {
    const own = [...words, command.name()];
    const takesJson = command.options.some(({ long }) => long === '--json');
    return [...(takesJson ? [own.join(' ')] : []), ...commandsWithJson(command, own)];
  });
}

/**
 * The places of a schema without a description, their own or that of the type they refer to. The members of a closed table of numbers,
 * such as figures by split, are described by the table.
 */
function undescribed(schema: JsonSchema, place: string, definitions: JsonSchema['$defs'] = {}): readonly string[] {
  const isDescribed = ({ description, $ref, items }: JsonSchema): boolean => {
    const named = $ref ?? (typeof items === 'object' ? items.$ref : undefined);
    return (description ?? definitions[named?.split('/').at(-1) ?? '']?.description) !== undefined;
  };
  const properties = Object.entries(schema.properties ?? {});
  const isTable = properties.length > 1 && properties.every(([, { type }]) => type === 'number');
  const inner = [schema.items, schema.additionalProperties, ...(schema.anyOf ?? []), ...(schema.prefixItems ?? [])];
  return [
    ...properties.flatMap(([name, property]) => [
      ...(isTable || isDescribed(property) ? [] : [`${place}.${name}`]),
      ...undescribed(property, `${place}.${name}`, definitions),
    ]),
    ...inner.flatMap((part) => (typeof part === 'object' ? undescribed(part, place, definitions) : [])),
  ];
}

describe('the published schemas', () => {
  it('are those of the code; `npm run schemas` writes them anew', () => {
    const published = readdirSync(SCHEMAS)
      .filter((file) => file.endsWith('.json'))
      .map((file): [string, string] => [file, readFileSync(join(SCHEMAS, file), 'utf8')]);
    expect(Object.fromEntries(published)).toEqual(Object.fromEntries(generateSchemas()));
  });

  it('say of every property what it is', () => {
    const open = [...generateSchemas()].flatMap(([file, text]) => {
      const { $defs = {}, ...schema } = JSON.parse(text) as JsonSchema;
      const definitions = Object.entries($defs);
      return [
        ...(schema.description === undefined ? [file] : []),
        ...undescribed(schema, file, $defs),
        ...definitions.flatMap(([name, { description }]) => (description === undefined ? [name] : [])),
        ...definitions.flatMap(([name, definition]) => undescribed(definition, name, $defs)),
      ];
    });
    expect([...new Set(open)]).toEqual([]);
  });

  it('are part of the package, under the name in their `$id`', () => {
    const load = createRequire(import.meta.url);
    for (const command of Object.keys(VERSIONS) as (keyof Documents)[]) {
      const { $id, title } = load(`evolve-steptime/schemas/${schemaFileOf(command)}`) as JsonSchema;
      expect(title).toBe(`evolve ${command} --json`);
      expect(schemaFileOf(command)).toBe(`${$id?.split(':').slice(-2).join('.')}.json`);
    }
  });

  it('describe the documents of all commands that take --json, and of no other', () => {
    const program = new Command();
    declareCommands(program);
    expect(commandsWithJson(program).toSorted()).toEqual(Object.keys(VERSIONS).toSorted());
  });
});
