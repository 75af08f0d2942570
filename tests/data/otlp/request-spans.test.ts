import { describe, expect, it } from 'vitest';
import { importDataset, journeysOf } from '../../../src/data/index.ts';
import type { RequestColumns } from '../../../src/data/requests.ts';
import { event, exported, folderWith, type Json, lines, summary } from './otlp-sample.ts';

async function requestsOf(...documents: readonly Json[]): Promise<RequestColumns | undefined> {
  const { experiments } = await importDataset(
    folderWith({ 'traces.json': lines(exported([summary(1)]), ...documents) }),
  );
  return experiments[0]!.requests;
}

function core(
  id: string,
  events: readonly (readonly [string, number, Readonly<Record<string, string | number>>?])[],
): Json {
  return exported(
    events.map(([name, seconds, more = {}]) =>
      event(`journey.${name}`, { 'ts.monotonic': seconds, 'prefill.total_tokens': 500, ...more }),
    ),
    { name: 'llm_core', span: { 'gen_ai.request.id': id } },
  );
}

function api(id: string, events: readonly (readonly [string, number])[]): Json {
  return exported(
    events.map(([name, seconds]) => event(`api.${name}`, { 'event.ts.monotonic': seconds })),
    { name: 'llm_request', span: { 'gen_ai.request.id': id } },
  );
}

const whole = core('cmpl-a-0-1a2b3c4d', [
  ['QUEUED', 10.5],
  ['SCHEDULED', 10.75, { 'schedule.kind': 'FIRST' }],
  ['PREEMPTED', 11],
  ['SCHEDULED', 11.25, { 'schedule.kind': 'RESUME' }],
  ['FIRST_TOKEN', 11.5],
  ['FINISHED', 14, { 'decode.done_tokens': 60, 'finish.status': 'length', num_preemptions: 1 }],
]);

describe('requests of a trace', () => {
  it('join what the engine and the API server say, on the clock of the steps', async () => {
    const requests = await requestsOf(
      whole,
      api('cmpl-a', [
        ['ARRIVED', 10.25],
        ['DEPARTED', 14.5],
      ]),
    );
    expect(requests).toMatchObject({
      originNs: 10.25e9,
      arrivalUs: Float64Array.of(0),
      queuedUs: Float64Array.of(250_000),
      scheduledUs: Float64Array.of(500_000),
      firstTokenUs: Float64Array.of(1_250_000),
      lastTokenUs: Float64Array.of(3_750_000),
      departedUs: Float64Array.of(4_250_000),
      promptTokens: Float64Array.of(500),
      outputTokens: Float64Array.of(60),
      preemptions: Float64Array.of(1),
      outcome: Float64Array.of(0),
    });
    expect(requests!.sentUs[0]).toBeNaN();
  });

  it('take nanoseconds where the engine gives them', async () => {
    const ns = core('a', [['QUEUED', 1, { 'ts.monotonic_ns': 10_500_000_123 }]]);
    expect((await requestsOf(ns))!.originNs).toBe(10_500_000_123);
  });

  it('count a span once that was exported twice, and arrive when they were queued where the API server is silent', async () => {
    const requests = await requestsOf(whole, whole);
    expect(requests!.arrivalUs).toEqual(Float64Array.of(0));
    expect(requests!.originNs).toBe(10.5e9);
  });

  it.each([
    ['ok', 'stopped', 0],
    ['cancelled', 'aborted', 2],
    ['failed', 'error', 1],
  ])('are %s where the engine says `%s`', async (_, status, outcome) => {
    const ended = core('a', [
      ['QUEUED', 1],
      ['FINISHED', 2, { 'finish.status': status }],
    ]);
    expect((await requestsOf(ended))!.outcome).toEqual(Float64Array.of(outcome));
  });

  it('are incomplete where no end was traced, and cancelled where the client left', async () => {
    const requests = await requestsOf(
      core('a-0-12', [['QUEUED', 1]]),
      api('b', [
        ['ARRIVED', 2],
        ['ABORTED', 3],
      ]),
      api('c', [['ARRIVED', 4]]),
    );
    expect(requests!.outcome).toEqual(Float64Array.of(3, 2, 3));
  });

  it("come from vLLM's own spans too, on a clock of their own", async () => {
    const own = exported([], {
      name: 'llm_request',
      start: '1700000000500000000',
      span: {
        'gen_ai.request.id': 'x',
        'gen_ai.usage.prompt_tokens': 8,
        'gen_ai.usage.completion_tokens': 3,
        'gen_ai.latency.time_in_queue': 0.125,
        'gen_ai.latency.time_in_model_prefill': 0.25,
        'gen_ai.latency.time_to_first_token': 0.5,
        'gen_ai.latency.time_in_model_decode': 0.75,
        'gen_ai.latency.e2e': 1.5,
      },
    });
    const requests = await requestsOf(own);
    expect(requests).toMatchObject({
      arrivalUs: Float64Array.of(0),
      queuedUs: Float64Array.of(125_000),
      scheduledUs: Float64Array.of(250_000),
      firstTokenUs: Float64Array.of(500_000),
      lastTokenUs: Float64Array.of(1_250_000),
      departedUs: Float64Array.of(1_500_000),
      promptTokens: Float64Array.of(8),
      outputTokens: Float64Array.of(3),
    });
    expect(requests).not.toHaveProperty('originNs');
    expect(journeysOf(requests!)).toEqual([]);
  });

  it('move with the clock of steps that is too long for a number', async () => {
    const start = 1_700_000_000_000_000_000n;
    const wall = JSON.stringify(exported([summary(1)]))
      .replace('"1020000000"', `"${start}"`)
      .replace('"1020500001"', `"${start + 500_001n}"`);
    const queued = JSON.stringify(core('a', [['QUEUED', 1, { 'ts.monotonic_ns': 7 }]])).replace(
      '{"intValue":"7"}',
      `{"intValue":"${start + 4096n}"}`,
    );
    const { experiments } = await importDataset(folderWith({ 'traces.json': `${wall}\n${queued}\n` }));
    expect(experiments[0]!.steps!.startNs[0]).toBe(0);
    expect(Math.abs(experiments[0]!.requests!.originNs! - 4096)).toBeLessThan(512);
  });
});
