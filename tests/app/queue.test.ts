import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQueueStatus, type RunOptions, serveQueue, startRun, startSeeds } from '../../src/app/index.ts';
import { closedLoopOf, scoreOnQueue } from '../../src/app/contestant-job.ts';
import { searchNested } from '../../src/app/nested-search.ts';
import { canTravel } from '../../src/app/search-on-queue.ts';
import {
  type Contestant,
  openRows,
  referencePredictors,
  runPrograms,
  scoreContestant,
  type ScoredContestant,
  trainingData,
} from '../../src/baselines/index.ts';
import { buildTable, saveDataset } from '../../src/data/index.ts';
import { queueAddress, QueueClient, type QueueWorker } from '../../src/queue/index.ts';
import { openRun, readState, type RunConfig } from '../../src/run/index.ts';
import { createGrammarOperator } from '../../src/search/index.ts';
import { tinyDataset } from '../baselines/sample.ts';
import { hasRedis, RedisServer } from '../queue/redis-server.ts';
import { folderForAll } from '../temporary-folder.ts';

const SEEDS = [1, 2] as const;

describe.skipIf(!hasRedis)('on a queue', () => {
  const folder = folderForAll();
  const at = (name: string): string => join(folder, name);
  const eventsOf = (run: string): string => readFileSync(join(at(run), 'events.jsonl'), 'utf8');
  let server: RedisServer;
  let worker: QueueWorker;
  let options: RunOptions;

  const serve = (): Promise<QueueWorker> =>
    serveQueue({ url: server.url, jobs: 2, cache: at('cache'), patienceMs: 1000 });

  beforeAll(async () => {
    saveDataset(await tinyDataset(), at('data'));
    options = {
      runs: at('runs'),
      data: at('data'),
      objective: 'mape',
      scope: 'global',
      jobs: 1,
      search: { generations: 4, children: 2, islands: 1 },
    };
    for (const seed of SEEDS) {
      await startRun({ ...options, directory: at(`here/seed${seed}`), search: { ...options.search, seed } });
    }
    server = await RedisServer.start();
    worker = await serve();
  }, 120_000);
  afterAll(async () => {
    await worker.close();
    await server.close();
  });

  it('runs of several seeds are those that are made here, also where their worker leaves', async () => {
    let isLeaving = false;
    await startSeeds(SEEDS, {
      ...options,
      directory: at('there'),
      queue: { url: server.url },
      follow: () => ({
        onGeneration: ({ state }) => {
          if (isLeaving || state.generation < 1) return;
          isLeaving = true;
          // It hands back what it is at; another one goes on.
          void worker.close();
          void serve().then((next) => (worker = next));
        },
      }),
    });
    expect(isLeaving).toBe(true);
    for (const seed of SEEDS) expect(eventsOf(`there/seed${seed}`)).toBe(eventsOf(`here/seed${seed}`));
    expect(readFileSync(join(at('there/seed1'), 'config.json'), 'utf8')).not.toContain('redis');
    expect(await readQueueStatus(server.url)).toMatchObject({ waiting: 0, active: 0, clients: 0 });
  }, 120_000);

  it('a run whose programs are evaluated there is the same one', async () => {
    const search = { ...options.search, seed: 1 };
    await startRun({ ...options, search, directory: at('evaluated'), queue: { url: server.url } });
    expect(eventsOf('evaluated')).toBe(eventsOf('here/seed1'));
  }, 120_000);

  it('searches without a part find what they find here', async () => {
    const run = openRun(at('here/seed1'));
    const dataset = await tinyDataset();
    const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
    const learned = { dataset, table, data: trainingData(dataset, 'cycle') };
    const copy = { ...run, files: { ...run.files, nested: at('nested') } };
    const [here, there] = [
      await searchNested(run, learned, 1, { generations: 1 }),
      await searchNested(copy, learned, 1, { generations: 1, queue: { url: server.url } }),
    ];
    expect(there).toEqual(here);
  }, 120_000);

  it('predictors of a leaderboard are fitted and scored as here, but for the times that it takes', async () => {
    const dataset = await tinyDataset();
    const { front } = readState(openRun(at('here/seed1'))).state.archive;
    const programs = runPrograms(front.slice(0, 1), { scope: 'global', objective: 'mape' });
    const baseline = { kind: 'baseline', predictor: referencePredictors()[0]! } as const;
    const contestants: readonly Contestant[] = [baseline, ...programs];
    const closedLoop = closedLoopOf(dataset, 'cycle');
    const openTest = (): ReturnType<typeof openRows> => openRows(dataset, 'cycle', 'test');
    const here = contestants.map((each) =>
      scoreContestant(each, trainingData(dataset, 'cycle'), openTest, closedLoop && { closedLoop }),
    );
    const queue = await QueueClient.open({ address: queueAddress(server.url) });
    const scored: string[] = [];
    const there = await scoreOnQueue(queue, dataset, 'cycle', contestants, { front, scope: 'global' }, (name) =>
      scored.push(name),
    );
    await queue.close();
    const timeless = (each: ScoredContestant): unknown => ({ ...each, fitSeconds: 0, predictUsPerStep: 0 });
    expect(there.map(timeless)).toEqual(here.map(timeless));
    expect(scored.sort()).toEqual(here.map(({ name }) => name).sort());
  }, 120_000);
});

it('searches that need a key or a function of the caller stay where those are', () => {
  const plain = { llm: undefined } as unknown as RunConfig;
  expect(canTravel(plain, [])).toBe(true);
  expect(canTravel(plain, [createGrammarOperator()])).toBe(false);
  expect(canTravel({ ...plain, llm: {} } as unknown as RunConfig, [])).toBe(false);
});
