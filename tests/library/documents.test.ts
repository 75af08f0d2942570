import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'docs/architecture.md'] as const;

/** Folders of which the documents speak with whole paths. */
const PATH =
  /(?<![\w./-])((?:src|tests|tools|docs|schemas|seeds|prompts|prices|models|hardware|examples|benchmarks|assets|\.ci)\/[\w./-]*[\w/]|\.(?:nvmrc|oxlintrc\.json))/g;

/** Made by a script, so they are not in the repository. */
const MADE = ['docs/api'];

function wordsOf(document: string, pattern: RegExp): readonly string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
}

describe.each(DOCUMENTS)('%s', (document) => {
  it('names paths that there are', () => {
    const paths = wordsOf(document, PATH).filter((path) => !MADE.includes(path));
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
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
