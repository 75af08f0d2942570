import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type NestedOptions,
  type NestedProgress,
  openDataset,
  type SeedText,
  startRun,
  validateProgram,
} from '../../src/app/index.ts';
import { openFoldRun } from '../../src/app/fold-run.ts';
import { type NestedSearches, searchNested } from '../../src/app/nested-search.ts';
import { type Part, trainingData } from '../../src/baselines/index.ts';
import { buildTable, saveDataset } from '../../src/data/index.ts';
import { openRun, type Run } from '../../src/run/index.ts';
import { tinyDataset } from '../baselines/sample.ts';
import { schemaProblems } from '../schemas/validator.ts';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';

const SEEDS: readonly SeedText[] = [
  {
    name: 'line',
    source:
      'export const constants = { a: 9000, b: 30 };\nexport function predictStepTime(batch, c) { return c.a + c.b * batch.decodeTokens; }\n',
  },
];

const folder = folderForAll();
let run: Run;
let data: string;

beforeAll(async () => {
  data = join(folder, 'data');
  saveDataset(await tinyDataset(), data);
  const directory = join(folder, 'runs', 'one');
  await startRun({
    runs: join(folder, 'runs'),
    directory,
    data,
    objective: 'mape',
    scope: 'global',
    jobs: 1,
    seeds: SEEDS,
    search: { generations: 2, children: 2, islands: 1, seed: 5 },
  });
  run = openRun(directory);
}, 60_000);

/** The run in another place, as it was made. */
function copyOf(): Run {
  const directory = join(temporaryFolder(), 'one');
  const since = new Set([run.files.nested, run.files.testAccess]);
  cpSync(run.directory, directory, { recursive: true, filter: (path) => !since.has(path) });
  return openRun(directory);
}

async function search(of: Run, jobs: number, options: NestedOptions): Promise<NestedSearches> {
  const dataset = await openDataset(data);
  const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
  return searchNested(of, { dataset, table, data: trainingData(dataset, 'cycle') }, jobs, options);
}

/** What each search has written, by its folder. */
function logsOf({ files }: Run): Readonly<Record<string, string>> {
  const names = readdirSync(files.nested).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(files.nested, name, 'events.jsonl'), 'utf8')]),
  );
}

describe('a validation that searches the structure again', { timeout: 60_000 }, () => {
  it('judges the pick of a search beside the run and every baseline, and answers by its schema', async () => {
    const whole = await validateProgram(run, undefined, { jobs: 1, nested: {} });
    expect(schemaProblems('validate', JSON.parse(JSON.stringify(whole)))).toEqual([]);
    const { checks, ...nested } = whole.nested!;
    expect(nested).toEqual({ generations: 2, modelsLeftOut: false, otherSeeds: ['line'] });
    expect(checks.leaveOneModelOut).toMatchObject({ impossible: expect.stringContaining('one model') });
    const { lowToHighLoad: load } = checks;
    if ('impossible' in load) throw new Error(load.impossible);
    const [fold, ...none] = load.folds;
    expect(none).toEqual([]);
    expect(fold!.pick).not.toBeNull();
    expect(fold!.contenders.map(({ kind }) => kind).slice(0, 3)).toEqual(['searched', 'refitted', 'baseline']);
    expect(fold!.contenders).toHaveLength(17);
    const plain = whole.generalisation!.lowToHighLoad;
    if ('impossible' in plain) throw new Error(plain.impossible);
    for (const { problem, experiments } of fold!.contenders) {
      const judged = problem === null ? plain.extrapolated : [];
      expect(experiments.map(({ id, rows }) => [id, rows])).toEqual(judged.map(({ id, rows }) => [id, rows]));
    }
  });

  it('goes on where it was stopped, to the same bytes at any number of processes, and opens no test row before', async () => {
    const [stopped, straight] = [copyOf(), copyOf()];
    const stop = new AbortController();
    const nested: NestedOptions = {
      signal: stop.signal,
      onProgress: ({ state }) => {
        if (state.generation === 1) stop.abort();
      },
    };
    await expect(validateProgram(stopped, undefined, { jobs: 1, nested })).rejects.toThrow(/abort/);
    expect(existsSync(stopped.files.testAccess)).toBe(false);

    const seen: NestedProgress[] = [];
    const again = await search(stopped, 2, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ state }) => state.generation)).toEqual([1, 2]);
    expect(seen[0]!.folds).toEqual([expect.objectContaining({ generations: 2, stored: 1, isDone: false })]);
    expect(again).toEqual(await search(straight, 1, {}));
    expect(logsOf(stopped)).toEqual(logsOf(straight));
    // What is done is read.
    expect(await search(straight, 1, { onProgress: () => expect.unreachable() })).toEqual(again);
  });

  it('has a search of its own for each part and other settings', () => {
    const own = copyOf();
    const part = (heldOut: string): Part => ({ heldOut, ids: ['a'], pooledOnly: true });
    const opened = [
      openFoldRun(own, 'leaveOneModelOut', part('one'), undefined),
      openFoldRun(own, 'leaveOneModelOut', part('other'), undefined),
      openFoldRun(own, 'leaveOneWorkloadOut', part('one'), undefined),
      openFoldRun(own, 'leaveOneModelOut', part('one'), 1),
    ];
    expect(new Set(opened.map(({ directory }) => directory)).size).toBe(4);
    expect(opened.map(({ config }) => config.search.generations)).toEqual([2, 2, 2, 1]);
    // Lengths of one search are prefixes of each other, so they share a seed; no others do.
    expect(new Set(opened.map(({ config }) => config.search.seed)).size).toBe(3);
    expect(openFoldRun(own, 'leaveOneModelOut', part('one'), undefined)).toEqual(opened[0]);
  });

  it('asks no language model: the grammar has its share', () => {
    const own = copyOf();
    const { search: settings } = own.config;
    const asking: Run = {
      ...own,
      config: { ...own.config, operator: 'openai', search: { ...settings, operators: { llm: 3, grammar: 1 } } },
    };
    const { config } = openFoldRun(asking, 'leaveOneModelOut', { heldOut: 'a', ids: [], pooledOnly: true }, undefined);
    expect(config).toMatchObject({ operator: 'grammar', search: { operators: { grammar: 4 } } });
    expect(config.llm).toBeUndefined();
  });
});
