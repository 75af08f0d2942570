import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPool, type Evaluator } from '../../src/evaluate/index.ts';
import {
  createQueueEvaluator,
  QueueClient,
  QueueWorker,
  queueAddress,
  type QueueStatus,
  queueStatus,
} from '../../src/queue/index.ts';
import { evaluatorConformance } from '../evaluate/conformance.ts';
import { programOf, tableOf } from '../evaluate/tables.ts';
import { folderForAll } from '../temporary-folder.ts';
import { hasRedis, RedisServer } from './redis-server.ts';

describe.skipIf(!hasRedis)('an evaluator on a queue', () => {
  const folder = folderForAll();
  let server: RedisServer;
  let worker: QueueWorker;
  let client: QueueClient;

  beforeAll(async () => {
    server = await RedisServer.start();
    const address = queueAddress(server.url);
    worker = await QueueWorker.start({ address, jobs: 1, cache: folder });
    client = await QueueClient.open({ address });
  }, 60_000);

  afterAll(async () => {
    await client.close();
    await worker.close();
    await server.close();
  });

  const status = (): Promise<QueueStatus> => queueStatus(queueAddress(server.url));
  const make = (table: Parameters<typeof createPool>[0]): Promise<Evaluator> =>
    createQueueEvaluator(client, table, { seed: 5 });

  describe('keeps the conformance of Evaluator', () => {
    evaluatorConformance(make);
  });

  const table = tableOf((row) => 500 + 4 * row.tokens + 0.02 * row.kv, { noise: 0.1 });
  const programs = [
    programOf({ a: 10, b: 2 }, 'c.a + c.b * batch.tokens'),
    programOf({ a: 10, p: 0.8 }, 'c.a + batch.tokens ** c.p'),
    programOf({ a: 1 }, 'c.a * Math.log(batch.tokens - 1000)'),
  ];

  it('gives the bits of a local pool, of drafts too', async () => {
    const [here, there] = await Promise.all([createPool(table, { jobs: 1, seed: 5 }), make(table)]);
    const candidates = programs.map((program, i) => ({ program, stream: ['child', i], limit: Infinity }));
    expect(await there.evaluate(candidates)).toEqual(await here.evaluate(candidates));
    const drafts = programs.map((program) => ({ program }));
    const scores = await there.scoreDrafts!(drafts);
    expect(scores).toEqual(await here.scoreDrafts!(drafts));
    expect(scores[2]).toBeUndefined();
    await Promise.all([here.close(), there.close()]);
  });

  it('leaves no jobs behind', async () => {
    const evaluator = await make(table);
    const pending = evaluator.evaluate(
      Array.from({ length: 30 }, (_, i) => ({ program: programs[1]!, stream: ['many', i] })),
    );
    const refused = pending.catch((error: unknown) => String(error));
    const other = await QueueClient.open({ address: queueAddress(server.url) });
    await evaluator.close();
    await other.close();
    expect(await refused).toMatch(/cancelled/);
    await expect.poll(async () => (await status()).active, { timeout: 10_000 }).toBe(0);
    const { waiting, clients, workers } = await status();
    expect({ waiting, clients, workers: workers.length }).toEqual({ waiting: 0, clients: 1, workers: 1 });
  });
});
