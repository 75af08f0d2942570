import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  compareRuns,
  findRun,
  readRun,
  resumeRun,
  type RunOptions,
  startRun,
  startSeeds,
} from '../../src/app/index.ts';
import { saveDataset } from '../../src/data/index.ts';
import { createGrammarOperator, type Operator } from '../../src/search/index.ts';
import { smallDataset } from '../baselines/sample.ts';
import { folderForAll } from '../temporary-folder.ts';

const folder = folderForAll();
let options: RunOptions;

beforeAll(async () => {
  const data = join(folder, 'data');
  saveDataset(await smallDataset(), data);
  options = {
    runs: join(folder, 'runs'),
    data,
    scope: 'global',
    jobs: 1,
    search: { generations: 3, children: 3, islands: 1, seed: 5 },
  };
}, 60_000);

/** Stops a run after a generation. */
function stopAt(last: number): NonNullable<RunOptions['follow']> {
  const stop = new AbortController();
  return () => ({
    signal: stop.signal,
    onGeneration: ({ state }) => {
      if (state.generation === last) stop.abort();
    },
  });
}

describe('a run', { timeout: 120_000 }, () => {
  it('that its follower stops goes on to the archive of one that nobody stopped', async () => {
    const whole = await startRun({ ...options, directory: join(folder, 'whole') });
    const stopped = await startRun({ ...options, follow: stopAt(1) });
    expect(stopped).toMatchObject({ run: 'cycle-seed5', generations: 1, stopped: null });
    const run = findRun(options.runs, 'cycle-seed5');
    const resumed = await resumeRun(run, { jobs: 1 });
    expect(resumed).toMatchObject({ run: run.directory, stopped: 'generations', archiveHash: whole.archiveHash });
    expect(readRun(run)).toEqual({ ...resumed, seconds: expect.any(Number) as number });
  });

  it('tells its follower of the end, also where it fails, and leaves nothing behind that has not begun', async () => {
    const directory = join(folder, 'failed');
    let ended = 0;
    const broken: Operator = { ...createGrammarOperator(), name: 'grammar' };
    await expect(
      startRun({
        ...options,
        directory,
        ownOperators: [broken],
        follow: () => ({ onEnd: () => void ended++ }),
      }),
    ).rejects.toThrow(/two operators are called "grammar"/);
    expect(ended).toBe(1);
    expect(existsSync(directory)).toBe(false);
  });

  it('that draws by an operator of its own needs it again', async () => {
    const own: Operator = { ...createGrammarOperator(), name: 'own' };
    const search = { ...options.search, operators: { own: 1 }, generations: 2 };
    const place = { ...options, directory: join(folder, 'own'), search };
    const document = await startRun({ ...place, ownOperators: [own], follow: stopAt(1) });
    // Beside it there is only what prunes what others found.
    expect(Object.keys(document.operators).filter((name) => name !== 'prune')).toEqual(['own']);
    const run = findRun(options.runs, place.directory);
    await expect(resumeRun(run)).rejects.toThrow(/children by "own", and no operator is called so/);
    expect((await resumeRun(run, { jobs: 1, ownOperators: [own] })).stopped).toBe('generations');
  });
});

describe('runs of several seeds', { timeout: 120_000 }, () => {
  it('lie below one directory and are compared; one that is stopped is the last', async () => {
    const directory = join(folder, 'seeds');
    const begun: number[] = [];
    const comparison = await startSeeds([1, 2, 3], {
      ...options,
      directory,
      search: { ...options.search, generations: 2 },
      onSeed: (seed) => void begun.push(seed),
      follow: (opened) => (opened.run.name === 'seed2' ? stopAt(1)(opened) : {}),
    });
    expect(begun).toEqual([1, 2]);
    expect(readdirSync(directory).sort()).toEqual(['seed1', 'seed2']);
    expect(comparison).toEqual(await compareRuns(['seed1', 'seed2'].map((name) => findRun(directory, name))));
  });
});

describe('what cannot work is refused before anything is written:', () => {
  const model = { provider: 'openai', models: [{ model: 'm', weight: 1 }] } as const;
  const local = { ...model, baseUrl: 'http://localhost:1/v1' } as const;
  it.each<readonly [what: string, change: Partial<RunOptions>, words: RegExp]>([
    ['shares that are none', { search: { operators: { grammar: 0 } } }, /shares of the operators/],
    ['a share below 0', { search: { operators: { grammar: 1, random: -1 } } }, /shares of the operators/],
    ['the operator llm without a model', { search: { operators: { llm: 1 } } }, /no model is named/],
    ['models without a share', { models: local, search: { operators: { grammar: 1 } } }, /llm has no share/],
    ['a missing key', { models: model }, /OPENAI_API_KEY is not set/],
    ['a limit on an unknown cost', { models: { ...local, maxCostUsd: 1 } }, /m has no price/],
    ['an address that is none', { models: { ...local, baseUrl: 'nowhere' } }, /"nowhere" is not an address/],
    ['an address of another kind', { models: { ...local, baseUrl: 'ftp://x' } }, /not http or https/],
    ['an address with a password', { models: { ...local, baseUrl: 'http://a:b@x' } }, /holds a password/],
    [
      'a setting that holds a key',
      {
        models: { ...local, baseUrl: 'http://x/topsecret' },
        environment: { OPENAI_API_KEY: 'topsecret' },
      },
      /the base address holds the value of a secret/,
    ],
    ['a seed that is no program', { seeds: [{ name: 'mine', source: '1 +' }] }, /^seed mine: /],
    ['data that is not there', { data: '/nowhere/at/all' }, /nowhere/],
  ])('%s', async (_, change, words) => {
    const runs = join(folder, 'refused');
    await expect(startRun({ ...options, ...change, runs })).rejects.toThrow(words);
    expect(existsSync(runs)).toBe(false);
  });
});
