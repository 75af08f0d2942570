import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Call,
  Cassette,
  Client,
  createScrub,
  NO_USAGE,
  PermanentFailure,
  ProviderError,
} from '../../src/llm/index.ts';
import { scripted, toyClient } from '../search/llm-world.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { ENVIRONMENT, KEY, providerOf, startMock } from './mock-server.ts';
import { REQUEST } from './provider-conformance.ts';

const AFFORDABLE = { attempts: 9, paidAttempts: 9 };

const CALL: Call = { request: REQUEST, draw: '1.0', affordable: AFFORDABLE, acceptFailure: false };

function passing(retryAfterMs = 1): ProviderError {
  return new ProviderError('server', 'busy', { retryAfterMs });
}

describe('Client', () => {
  it('stores a reply before it is used and asks for it once', async () => {
    const folder = temporaryFolder();
    const provider = scripted(() => 'yes');
    const first = await toyClient(provider, folder).complete(CALL);
    expect(first).toMatchObject({ outcome: 'complete', text: 'yes', attempts: 1 });
    expect(await toyClient(provider, folder).complete(CALL)).toEqual(first);
    expect(provider.asked).toHaveLength(1);
  });

  it('keys replies by model, prompts, parameters and draw', async () => {
    const folder = temporaryFolder();
    const provider = scripted(({ call }) => `reply ${call}`);
    const client = toyClient(provider, folder);
    const others: readonly Partial<Call>[] = [
      {},
      { draw: '1.1' },
      { request: { ...REQUEST, model: 'm' } },
      { request: { ...REQUEST, system: 's' } },
      { request: { ...REQUEST, prompt: 'p' } },
      { request: { ...REQUEST, parameters: { maxOutputTokens: 9 } } },
      { request: { ...REQUEST, parameters: { maxOutputTokens: 500, temperature: 1 } } },
    ];
    const texts = [];
    for (const other of others) texts.push((await client.complete({ ...CALL, ...other })).text);
    expect(new Set(texts).size).toBe(others.length);
    expect(readdirSync(folder)).toHaveLength(others.length);
  });

  it('tries again, counts every attempt and what it used', async () => {
    const provider = scripted(({ call }) => {
      if (call >= 2) return 'at last';
      const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 5, estimated: true };
      throw new ProviderError('broken-stream', 'cut off', { retryAfterMs: 1, usage });
    });
    const record = await toyClient(provider, temporaryFolder()).complete(CALL);
    expect(record).toMatchObject({
      text: 'at last',
      attempts: 3,
      usage: { inputTokens: 1020, outputTokens: 110, estimated: true },
    });
  });

  it('waits as long as the server asks, and gives up where that is too long', async () => {
    const started = performance.now();
    const patient = scripted(({ call }) => {
      if (call === 0) throw passing(60);
      return 'yes';
    });
    await toyClient(patient, temporaryFolder()).complete(CALL);
    expect(performance.now() - started).toBeGreaterThan(55);
    const late = scripted(() => {
      throw passing(3_600_000);
    });
    const record = await toyClient(late, temporaryFolder()).complete(CALL);
    expect(record).toMatchObject({ outcome: 'failed', text: 'busy', attempts: 1 });
  });

  it.each([
    ['its own', {}, 3, 'failed'],
    ['that of the budget', { attempts: 2 }, 2, 'spent'],
    ['that of the budget for what is paid', { paidAttempts: 1 }, 1, 'spent'],
  ])('stops at the limit of attempts: %s', async (_, limits, attempts, outcome) => {
    const folder = temporaryFolder();
    const provider = scripted(() => {
      throw new ProviderError('broken-stream', 'cut off', { retryAfterMs: 1, usage: NO_USAGE });
    });
    const call = { ...CALL, affordable: { ...AFFORDABLE, ...limits } };
    const record = await toyClient(provider, folder).complete(call);
    expect(record).toMatchObject({ outcome, attempts });
    expect(provider.asked).toHaveLength(attempts);
    if (outcome === 'spent') expect(await toyClient(undefined, folder).complete(call)).toEqual(record);
  });

  it('asks again after a stored failure and keeps count, unless the failure was accepted', async () => {
    const folder = temporaryFolder();
    let isDown = true;
    const provider = scripted(() => {
      if (isDown) throw passing();
      return 'back';
    });
    expect((await toyClient(provider, folder).complete(CALL)).attempts).toBe(3);
    isDown = false;
    expect(await toyClient(provider, folder).complete({ ...CALL, acceptFailure: true })).toMatchObject({
      outcome: 'failed',
    });
    expect(await toyClient(provider, folder).complete(CALL)).toMatchObject({ text: 'back', attempts: 4 });
  });

  it('does not try again what will not get better, and stores nothing', async () => {
    const folder = temporaryFolder();
    const provider = scripted(() => {
      throw new ProviderError('permanent', 'wrong key', { remedy: { code: 'llm.wrong-key', mend: 'set the key' } });
    });
    const failure = toyClient(provider, folder).complete(CALL);
    await expect(failure).rejects.toThrow(PermanentFailure);
    await expect(failure).rejects.toMatchObject({ code: 'llm.wrong-key', message: 'wrong key', mend: 'set the key' });
    expect(provider.asked).toHaveLength(1);
    expect(readdirSync(folder)).toEqual([]);

    const queued = toyClient(provider, folder, { concurrency: 1 });
    await Promise.allSettled(Array.from({ length: 5 }, (_, i) => queued.complete({ ...CALL, draw: `2.${i}` })));
    expect(provider.asked).toHaveLength(2);
  });

  it('ends an attempt that takes too long', async () => {
    const mock = await startMock();
    mock.on({}, () => new Promise(() => {}));
    const client = new Client({
      providerName: 'openai',
      provider: providerOf(mock, 'openai', true),
      cassette: new Cassette(temporaryFolder()),
      settings: { concurrency: 1, timeoutMs: 120, maxAttempts: 1, maxWaitMs: 0 },
      scrub: createScrub({}),
    });
    expect(await client.complete(CALL)).toMatchObject({
      outcome: 'failed',
      text: 'no answer: nothing came for 0.12 s',
    });
  });

  it('asks a silent server once more, not as often as one that says no, and tells why', async () => {
    const told: string[] = [];
    const provider = scripted(() => {
      throw new ProviderError('timeout', 'nothing came for 1 s', { retryAfterMs: 1 });
    });
    const client = toyClient(provider, temporaryFolder(), { maxAttempts: 8 }, (notice) => {
      told.push(notice.kind === 'again' ? `again: ${notice.why}` : notice.kind);
    });
    expect(await client.complete(CALL)).toMatchObject({ outcome: 'failed', attempts: 2, timedOut: true });
    expect(told).toEqual(['asked', 'sent', 'again: nothing came for 1 s', 'sent', 'over']);
  });

  it('answers from the cassette alone without a provider, and names a request that is not in it', async () => {
    const folder = temporaryFolder();
    const recorded = await toyClient(
      scripted(() => 'yes'),
      folder,
    ).complete(CALL);
    const replay = toyClient(undefined, folder);
    expect(await replay.complete(CALL)).toEqual(recorded);
    await expect(replay.complete({ ...CALL, draw: '2.0' })).rejects.toThrow(
      /no reply to request [0-9a-f]{12} \(scripted, model test-model, draw 2\.0\)/,
    );
  });

  it('refuses a damaged file by its name', async () => {
    const folder = temporaryFolder();
    await toyClient(
      scripted(() => 'yes'),
      folder,
    ).complete(CALL);
    const [file = ''] = readdirSync(folder);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), '{"record": {');
    await expect(toyClient(undefined, folder).complete(CALL)).rejects.toMatchObject({
      code: 'llm.not-a-reply',
      place: { file: join(folder, file), line: 1 },
    });
  });

  it('makes no more calls at a time than it may', async () => {
    let running = 0;
    let most = 0;
    const provider = scripted(async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running--;
      return 'yes';
    });
    const client = toyClient(provider, temporaryFolder(), { concurrency: 2 });
    await Promise.all(Array.from({ length: 6 }, (_, i) => client.complete({ ...CALL, draw: `1.${i}` })));
    expect(most).toBe(2);
  });

  it.each(['anthropic', 'openai'] as const)('keeps the key out of errors and stored replies: %s', async (name) => {
    const mock = await startMock();
    mock.on({ userMessage: 'leak' }, { content: `your key is ${KEY}` });
    mock.on({ userMessage: 'fail' }, { error: { message: `bad key ${KEY}`, type: 'error' }, status: 401 });
    mock.on({ userMessage: 'again' }, { error: { message: `down ${KEY}`, type: 'error' }, status: 503 });
    const folder = temporaryFolder();
    const client = new Client({
      providerName: name,
      provider: providerOf(mock, name, true),
      cassette: new Cassette(folder),
      settings: { concurrency: 1, timeoutMs: 5000, maxAttempts: 1, maxWaitMs: 0 },
      scrub: createScrub(ENVIRONMENT),
    });
    const ask = (prompt: string): ReturnType<Client['complete']> =>
      client.complete({ ...CALL, request: { ...REQUEST, prompt } });
    expect((await ask('leak')).text).toMatch(/^your key is \[(ANTHROPIC|OPENAI)_API_KEY\]$/);
    expect((await ask('again')).text).not.toContain(KEY);
    await expect(ask('fail')).rejects.toThrow(/bad key \[(ANTHROPIC|OPENAI)_API_KEY\]/);
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'utf8')).not.toContain(KEY);
  });
});
