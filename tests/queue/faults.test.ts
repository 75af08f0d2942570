import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Candidate, Evaluation } from '../../src/evaluate/index.ts';
import { connect, disconnect } from '../../src/queue/connection.ts';
import { createQueueEvaluator, QueueClient, QueueWorker, queueAddress } from '../../src/queue/index.ts';
import { queueKeys } from '../../src/queue/keys.ts';
import { Membership } from '../../src/queue/members.ts';
import { builtChild } from '../built-child.ts';
import { programOf, tableOf } from '../evaluate/tables.ts';
import { folderForAll, temporaryFolder } from '../temporary-folder.ts';
import { hasRedis, RedisServer } from './redis-server.ts';

const PATIENCE_MS = 1000;
const table = tableOf((row) => 500 + 4 * row.tokens + 0.02 * row.kv, { noise: 0.1 });
const candidates: readonly Candidate[] = Array.from({ length: 12 }, (_, i) => ({
  program: programOf({ a: 10, p: 0.8, t: 40 + i }, 'c.a + batch.tokens ** c.p + (batch.requests > c.t ? batch.kv : 0)'),
  stream: ['child', i],
}));

/** A worker in a process of its own. */
async function dyingWorker(url: string, cache: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [builtChild(join(import.meta.dirname, 'dying-worker.ts')), url, cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

describe.skipIf(!hasRedis)('a queue', () => {
  const cache = folderForAll();
  const notes: string[] = [];
  let server: RedisServer;
  let undisturbed: readonly Evaluation[];

  const worker = (): Promise<QueueWorker> =>
    QueueWorker.start({ address: queueAddress(server.url), jobs: 2, cache, patienceMs: PATIENCE_MS });
  const client = (): Promise<QueueClient> =>
    QueueClient.open({ address: queueAddress(server.url), onNote: (line) => notes.push(line) });
  const evaluate = async (queue: QueueClient): Promise<readonly Evaluation[]> =>
    (await createQueueEvaluator(queue, table, { seed: 5 })).evaluate(candidates);

  beforeAll(async () => {
    server = await RedisServer.start();
    const [one, queue] = [await worker(), await client()];
    undisturbed = await evaluate(queue);
    await Promise.all([queue.close(), one.close()]);
  }, 60_000);
  afterAll(() => server.close());

  it('whose server forgets everything is late and loses nothing', async () => {
    const [one, queue] = [await worker(), await client()];
    const results = evaluate(queue);
    await expect.poll(() => one.profile.done, { interval: 5, timeout: 20_000 }).toBeGreaterThan(1);
    await server.kill();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await server.resume();
    expect(await results).toEqual(undisturbed);
    expect(notes.join('\n')).toMatch(/is away; trying again\nthe queue is back/);
    await Promise.all([queue.close(), one.close()]);
  }, 60_000);

  it('whose server is away lets a worker go all the same', async () => {
    const one = await worker();
    await server.kill();
    await one.close();
    await server.resume();
  }, 60_000);

  it('gives the jobs of a worker that was killed to another one', async () => {
    const [dying, queue] = [await dyingWorker(server.url, cache), await client()];
    const results = evaluate(queue);
    const redis = await connect(queueAddress(server.url));
    await expect.poll(() => redis.keys('*:tries:*'), { interval: 5, timeout: 20_000 }).toHaveLength(1);
    dying.kill('SIGKILL');
    const one = await worker();
    expect(await results).toEqual(undisturbed);
    await Promise.all([queue.close(), one.close(), disconnect(redis)]);
  }, 60_000);

  it('risks no more than three workers on a job', async () => {
    const queue = await client();
    const dying = await Promise.all([1, 2, 3, 4].map(() => dyingWorker(server.url, cache)));
    const alive = (): number =>
      dying.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length;
    const { answer } = queue.submit('search', {});
    expect(await answer).toMatchObject({
      kind: 'given-up',
      detail: expect.stringMatching(/^3 workers ended while they were at it: (?:[\w-]+(?:, )?){3}$/) as string,
    });
    expect(alive()).toBe(1);
    for (const child of dying) child.kill('SIGKILL');
    await queue.close();
  }, 60_000);

  it('has members of one version alone', async () => {
    const address = queueAddress(`${server.url}?name=others`);
    const redis = await connect(address);
    const other = await Membership.join(redis, queueKeys(address), {
      id: 'other',
      identity: '9.9.9/abcdef',
      profile: () => ({ kind: 'client', host: 'there', pid: 1, version: '9.9.9' }),
      onRefused: () => {},
    });
    await expect(QueueWorker.start({ address, jobs: 1, cache })).rejects.toMatchObject({
      code: 'queue.other-version',
      mend: expect.stringContaining('install evolve 9.9.9') as string,
    });
    await expect(QueueClient.open({ address })).rejects.toMatchObject({ code: 'queue.other-version' });
    await other.leave();
    const one = await QueueWorker.start({ address, jobs: 1, cache });
    await Promise.all([one.close(), disconnect(redis)]);
  });

  it('gives rows that were changed on the way to nobody', async () => {
    const queue = await client();
    const evaluator = await createQueueEvaluator(queue, table, { seed: 5 });
    const [key] = await queue.redis.keys('*:bytes:*');
    const piece = (await queue.redis.hgetBuffer(key!, '0'))!;
    piece[100]! ^= 1;
    await queue.redis.hset(key!, '0', piece);
    const one = await QueueWorker.start({ address: queue.address, jobs: 1, cache: temporaryFolder() });
    expect(await evaluator.evaluate(candidates)).toEqual(undisturbed);
    await Promise.all([queue.close(), one.close()]);
  }, 60_000);
});

describe.skipIf(!hasRedis)('a queue with a password', () => {
  const SECRET = 'correct horse';
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start(['--requirepass', SECRET]);
  });
  afterAll(() => server.close());

  it('lets in who knows it, and shows it nowhere', async () => {
    const notes: string[] = [];
    const onNote = (line: string): unknown => notes.push(line);
    const url = server.url.replace('//', `//:${encodeURIComponent(SECRET)}@`);
    const address = queueAddress(url);
    const one = await QueueWorker.start({ address, jobs: 1, cache: temporaryFolder(), onNote });
    const queue = await QueueClient.open({ address, onNote });
    const evaluator = await createQueueEvaluator(queue, table, { seed: 5 });
    const results = evaluator.evaluate(candidates.slice(0, 2));
    const seen: string[] = [];
    for (const key of await queue.redis.keys('*')) seen.push(key, (await queue.redis.dump(key)) ?? '');
    await results;
    seen.push(...notes, JSON.stringify(one.profile), one.queue, queue.address.shown);
    for (const text of seen) expect(text).not.toMatch(/correct|horse/);
    await Promise.all([queue.close(), one.close()]);
  }, 60_000);

  it('does not let in others, and says what to do', async () => {
    for (const user of ['', ':wrong@']) {
      const error = await QueueClient.open({ address: queueAddress(server.url.replace('//', `//${user}`)) }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'queue.refused' });
      expect(String(error)).not.toContain('wrong@');
    }
  });

  it('that is not there is told at once', async () => {
    await expect(QueueClient.open({ address: queueAddress('redis://127.0.0.1:1') })).rejects.toMatchObject({
      code: 'queue.unreachable',
    });
  });
});
