import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Documents } from '../../src/app/documents.ts';
import { makeDataset, saveDataset } from '../../src/data/index.ts';
import { served } from '../evaluate/closed-loop/served.ts';
import { smallDataset } from '../baselines/sample.ts';
import { hasRedis, RedisServer } from '../queue/redis-server.ts';
import { schemaProblems } from '../schemas/validator.ts';
import { folderForAll } from '../temporary-folder.ts';
import { evolveJson } from './evolve.ts';

const SHORT = ['--data', 'small', '--generations', '1', '--children', '2', '--jobs', '1'];

/** A call of every command that takes `--json`, in an order in which each finds what it needs. */
const CALLS: { readonly [C in keyof Documents]: (ids: readonly string[]) => readonly string[] } = {
  'data demo': () => ['data', 'demo', '--out', 'demo'],
  'data import': () => ['data', 'import', 'demo', '--out', 'imported'],
  'data describe': () => ['data', 'describe', 'small'],
  run: () => ['run', ...SHORT, '--out', 'one'],
  resume: () => ['resume', 'one'],
  compare: () => ['run', ...SHORT, '--seeds', '1,2', '--out', 'two'],
  frontier: () => ['frontier', 'one'],
  diff: (ids) => ['diff', ids[0]!, ids.at(-1)!, '--run', 'one'],
  show: (ids) => ['show', 'one', ids[0]!],
  lineage: (ids) => ['lineage', 'one', ids.at(-1)!],
  keep: () => ['keep', 'one', '--note', 'a note'],
  prompt: () => ['prompt', 'one'],
  report: () => ['report', 'one'],
  export: () => ['export', 'one', '--go', 'out'],
  refit: () => ['refit', '--form', 'trained-physics', '--data', 'small'],
  check: () => ['check', 'out', 'small'],
  validate: () => ['validate', 'one'],
  simulate: () => ['simulate', 'one'],
  leaderboard: () => ['leaderboard', 'one'],
  'queue status': () => ['queue', 'status', '--queue', server!.url],
};

/** What a document may lack. */
const OPTIONAL: ReadonlySet<string> = new Set([
  'agreement',
  'blis',
  'closedLoop',
  'floor',
  'generalisation',
  'invariants',
  'littlesLaw',
]);

type Fields = Readonly<Record<string, unknown>>;

/** Documents that are wrong in one respect at the top, or in their first member where they are a list. */
function wrongOnes(document: unknown): readonly (readonly [what: string, document: unknown])[] {
  if (Array.isArray(document)) {
    const [first, ...others] = document as readonly Fields[];
    return [
      ['an object in place of a list', {}],
      ...wrongOnes(first).map(([what, wrong]) => [what, [wrong, ...others]] as const),
    ];
  }
  const fields = document as Fields;
  return [
    ['a list in place of an object', []],
    ['an unknown property', { ...fields, unknown: 1 }],
    ...Object.keys(fields).flatMap((name) => [
      ...(OPTIONAL.has(name) ? [] : [[`no ${name}`, without(fields, name)] as const]),
      [`a ${name} of another kind`, { ...fields, [name]: true }] as const,
    ]),
  ];
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name));
}

const folder = folderForAll();
let server: RedisServer | undefined;

beforeAll(async () => {
  const [first, ...others] = (await smallDataset()).experiments;
  saveDataset(makeDataset('small', [served(first!), ...others]), join(folder, 'small'));
  if (hasRedis) server = await RedisServer.start();
});
afterAll(() => server?.close());

describe('the document of', () => {
  let ids: readonly string[] = [];

  it.for(Object.keys(CALLS) as (keyof Documents)[])(
    '%s is as its schema has it, and nothing else is',
    { timeout: 120_000 },
    (command, { skip }) => {
      skip(command === 'queue status' && server === undefined, 'no redis-server is installed');
      const document = evolveJson<unknown>(folder, ...CALLS[command](ids));
      if (command === 'frontier') ids = (document as readonly { readonly id: string }[]).map(({ id }) => id);
      const accepted = wrongOnes(document).filter(([, wrong]) => schemaProblems(command, wrong).length === 0);
      expect(accepted.map(([what]) => what)).toEqual([]);
    },
  );
});
