import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { declareCommands } from '../../src/cli/commands.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/architecture.md',
  'docs/closed-loop.md',
  'docs/data.md',
] as const;

/** Folders of which the documents speak with whole paths. */
const PATH =
  /(?<![\w./-])((?:src|tests|tools|docs|schemas|seeds|prompts|prices|models|hardware|examples|benchmarks|assets|\.ci)\/[\w./-]*[\w/]|\.(?:nvmrc|oxlintrc\.json))/g;

/** Made by a script, so they are not in the repository. */
const MADE = ['docs/api'];

function wordsOf(document: string, pattern: RegExp): readonly string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
}

/** Words of a shell line, without its comment; what stands in quotes is one. */
function shellWords(line: string): readonly string[] {
  const words = line.match(/#.*|'[^']*'|"[^"]*"|\S+/g) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return words.slice(0, comment < 0 ? words.length : comment).map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

/** The calls of `evolve` in the code blocks of a text, as arguments. */
function callsIn(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .flatMap((line) => line.split(' && '))
    .flatMap((part) => {
      const words = shellWords(part.trim().replace(/^npx /, ''));
      return words[0] === 'evolve' ? [words.slice(1)] : [];
    });
}

/** Why the command line would refuse some arguments; undefined where it takes them. Nothing is done. */
function refusal(args: readonly string[]): string | undefined {
  const program = new Command('evolve');
  declareCommands(program);
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} });
    if (command.commands.length === 0) command.action(() => {});
    for (const below of command.commands) quiet(below);
  };
  quiet(program);
  try {
    program.parse([...args], { from: 'user' });
    return undefined;
  } catch (error) {
    return `evolve ${args.join(' ')}: ${(error as Error).message}`;
  }
}

it('a call that the command line does not take is found', () => {
  const text = '    npx evolve simulate --rate fast   # no number\n    npx evolve fly && npx evolve frontier\n';
  expect(callsIn(text)).toEqual([['simulate', '--rate', 'fast'], ['fly'], ['frontier']]);
  expect(callsIn(text).map(refusal)).toEqual([
    expect.stringContaining("'fast' is invalid"),
    expect.stringContaining("unknown command 'fly'"),
    undefined,
  ]);
});

describe.each(DOCUMENTS)('%s', (document) => {
  it('names paths that there are', () => {
    const paths = wordsOf(document, PATH).filter((path) => !MADE.includes(path));
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('shows calls that the command line takes', () => {
    const calls = callsIn(readFileSync(join(ROOT, document), 'utf8'));
    expect(calls.map(refusal).filter((why) => why !== undefined)).toEqual([]);
  });

  it('names npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const named = wordsOf(document, /npm run ([\w:]+)/g);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('the architecture says something of every room', () => {
  const rooms = wordsOf('docs/architecture.md', /^- \*\*(\w+)\*\*/gm);
  const imported = /\((?:numeric\|program[\w|]+)\)/.exec(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8'))?.[0] ?? '';
  const ordered = ['base', ...imported.slice(1, -1).split('|')];
  expect(rooms).toEqual(ordered.filter((room) => existsSync(join(ROOT, 'src', room)) || rooms.includes(room)));
});
