import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { declareCommands } from '../../src/cli/commands.ts';
import { MENDED_CODES } from '../../src/cli/mends.ts';
import { importedFrom, nodesIn, type Node, PROMPTS, SOURCES, textsIn } from './sources.ts';

function roomOf(path: string): string {
  return path.split('/')[0]!;
}

/** Files below `cli/` whose purpose is to print command lines for a reader. */
const PRINT_COMMANDS = [
  'report/reproduce.ts',
  'report/html/program-panel.ts',
  'export/readme.ts',
  // Commands of the simulator that is patched.
  'export/blis/backend-go.ts',
  'export/blis/blis-patch.ts',
];

const program = new Command('evolve');
declareCommands(program);

function commandsBelow(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsBelow)];
}

const FLAGS = new Set(
  commandsBelow(program).flatMap(({ options }) => options.flatMap(({ long }) => (long ? [long] : []))),
);
const COMMANDS = program.commands.map((command) => command.name());

/** The flags and commands that a text names. */
function commandLineIn(text: string): readonly string[] {
  const flags = [...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([flag]) => flag).filter((flag) => FLAGS.has(flag));
  return [...flags, ...(text.match(new RegExp(`\\bevolve (?:${COMMANDS.join('|')})\\b`, 'g')) ?? [])];
}

describe('only the command line knows flags and commands', () => {
  it('finds them in a text, and neither in styles nor in flags of other programs', () => {
    expect(commandLineIn('give --model NAME or `evolve data import`')).toEqual(['--model', 'evolve data']);
    expect(commandLineIn('color: var(--code-fore); --x: 1; node --no-liftoff; i--; evolve is a name')).toEqual([]);
  });

  it('in no text of another room', () => {
    const found = SOURCES.filter(({ path }) => roomOf(path) !== 'cli' && !PRINT_COMMANDS.includes(path)).flatMap(
      ({ path, tree }) => textsIn(tree).flatMap((text) => commandLineIn(text).map((what) => `${path}: ${what}`)),
    );
    expect(found).toEqual([]);
  });

  it('in no prompt of a model', () => {
    expect(PROMPTS.flatMap(([name, text]) => commandLineIn(text).map((what) => `${name}: ${what}`))).toEqual([]);
  });

  it('but in each of the files that are let off', () => {
    const printing = SOURCES.filter(({ tree }) => textsIn(tree).some((text) => commandLineIn(text).length > 0));
    expect(printing.map(({ path }) => path)).toEqual(expect.arrayContaining(PRINT_COMMANDS));
  });
});

/** The codes of errors that a file gives: texts of that form in what is called `code`. */
function codesIn(tree: Node): readonly string[] {
  return [...nodesIn(tree)]
    .filter(({ type, key }) => type === 'Property' && (key as Node)['name'] === 'code')
    .flatMap(({ value }) => textsIn(value as Node))
    .filter((text) => /^[a-z]+\.\S+$/.test(text));
}

describe('the code of an error', () => {
  const codes = SOURCES.flatMap(({ path, tree }) => codesIn(tree).map((code) => ({ path, code })));

  it('is the room that noticed it and what it is', () => {
    const wrong = codes.filter(
      ({ path, code }) => !/^[a-z]+\.[a-z]+(-[a-z]+)*$/.test(code) || roomOf(path) !== roomOf(code.replace('.', '/')),
    );
    expect(wrong).toEqual([]);
  });

  it('is one that some room gives, where the command line words its mend anew', () => {
    const given = new Set(codes.map(({ code }) => code));
    expect(MENDED_CODES.filter((code) => !given.has(code))).toEqual([]);
    expect(MENDED_CODES.length).toBeGreaterThan(20);
  });
});

/** What changes a file's content or its place. */
const WRITERS = new Set([
  'appendFile',
  'appendFileSync',
  'copyFileSync',
  'cpSync',
  'createWriteStream',
  'fsyncSync',
  'ftruncateSync',
  'mkdirSync',
  'mkdtempSync',
  'renameSync',
  'truncateSync',
  'writeFile',
  'writeFileSync',
  'writeSync',
]);

/** A lock is made where there is none, and moved aside: both at one stroke, which is no matter of content. */
const LOCK = 'run/lock.ts';

describe('files are written by base alone', () => {
  it('which names the file in an error, writes as a whole and waits for the disk', () => {
    const found = SOURCES.filter(({ path }) => roomOf(path) !== 'base' && path !== LOCK).flatMap(({ path, tree }) =>
      ['node:fs', 'node:fs/promises'].flatMap((module) =>
        importedFrom(tree, module).flatMap((name) =>
          WRITERS.has(name) || name === 'undefined' ? [`${path}: ${name}`] : [],
        ),
      ),
    );
    expect(found).toEqual([]);
  });
});
