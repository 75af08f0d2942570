import { describe, expect, it } from 'vitest';
import { laterRefusalOf } from '../../../user-error.ts';
import { type Json, VLLM_RUN } from '../samples.ts';
import { filled, importLog, tokenTimes } from './import-log.ts';

const NAN = Number.NaN;

function run(changes: Json = {}): string {
  return JSON.stringify({ ...VLLM_RUN, ...changes });
}

/** A run of requests with 4 tokens each, their gaps in ms between stream events. */
function events(gaps: readonly number[], requests = 5): string {
  const each = <T>(value: T): T[] => Array.from({ length: requests }, () => value);
  return run({
    input_lens: each(9),
    output_lens: each(4),
    ttfts: each(0.1),
    itls: each(gaps.map((gap) => gap / 1000)),
    errors: each(''),
    start_times: each(0).map((_, at) => 1 + at),
    latencies: undefined,
    queue_times: undefined,
  });
}

describe('a detailed result of vllm bench serve', () => {
  it('gives the times of each request and of its tokens, from the arrival at the client on', async () => {
    const { experiments, notes } = await importLog({ 'r.json': run() });
    expect(experiments).toHaveLength(1);
    // The second waited half a second for the client's limit; the third failed and has no times.
    expect(filled(experiments[0]!)).toEqual({
      arrivalUs: [0, 0, 250_000],
      sentUs: [0, 500_000, 250_000],
      firstTokenUs: [200_000, 800_000, NAN],
      lastTokenUs: [230_000, 840_000, NAN],
      departedUs: [250_000, 840_000, NAN],
      promptTokens: [9, 7, 5],
      outputTokens: [3, 2, NAN],
      outcome: [0, 0, 1],
    });
    expect(tokenTimes(experiments[0]!)).toEqual([[200_000, 210_000, 230_000], [800_000, 840_000], []]);
    expect(notes).toEqual(['1 of 3 requests did not complete (1 failed): kept with their outcome']);
  });

  it('knows model, parallelism and hardware from the client, until the user says otherwise', async () => {
    const { experiments } = await importLog({ 'r.json': run() }, 'r.json', {});
    expect(experiments[0]).toMatchObject({
      id: 'r',
      model: 'meta-llama/Llama-2-7b-hf',
      tp: 2,
      hardware: 'H100',
      settings: { engine: 'vllm' },
    });
    const said = await importLog({ 'r.json': run({ model_id: '/models/a' }) }, 'r.json', {
      model: 'llama-2-70b',
      tp: 4,
    });
    expect(said.experiments[0]).toMatchObject({ model: 'llama-2-70b', tp: 4, hardware: 'H100' });
  });

  it('is one run a line where results were appended', async () => {
    const { experiments } = await importLog({ 'r.json': `${run()}\n${run({ input_lens: [1, 2, 3] })}` });
    expect(experiments.map(({ id, requests }) => [id, [...requests!.promptTokens]])).toEqual([
      ['r-1', [9, 7, 5]],
      ['r-2', [1, 2, 3]],
    ]);
  });

  it('has latencies without arrivals where it is of before 2026', async () => {
    const old = { start_times: undefined, latencies: undefined, queue_times: undefined };
    const { experiments, notes } = await importLog({ 'r.json': run(old) });
    expect(filled(experiments[0]!)).toMatchObject({
      sentUs: [0, 0, 0],
      firstTokenUs: [200_000, 300_000, NAN],
      lastTokenUs: [230_000, 340_000, NAN],
      promptTokens: [9, 7, 5],
    });
    expect([...experiments[0]!.requests!.arrivalUs]).toEqual([NAN, NAN, NAN]);
    expect(notes[0]).toMatch(/^it does not say when requests arrived: /);
  });

  it('says that requests may have waited for a limit that left no trace', async () => {
    const { notes } = await importLog({ 'r.json': run({ queue_times: undefined, max_concurrency: 2 }) });
    expect(notes[0]).toMatch(/^3 of 3 requests may have waited for the limit of concurrency/);
  });

  it.each<[string, readonly number[], readonly number[] | undefined, RegExp | undefined]>([
    ['an event a token', [10, 10, 10], [100, 110, 120, 130], undefined],
    ['a role before the first token', [0.1, 10, 10, 10], [100.1, 110.1, 120.1, 130.1], /first token is the one after/],
    ['the usage after the last token', [10, 10, 10, 0.1], [100, 110, 120, 130], undefined],
    ['a role and the usage', [0.1, 10, 10, 10, 0.1], [100.1, 110.1, 120.1, 130.1], /first token is the one after/],
    ['an event more, anywhere', [10, 10, 10, 10], undefined, /1 stream events more than output tokens/],
    ['two events a token', [0.1, 10, 0.1, 10, 0.1, 10, 0.1], undefined, /2\.0 stream events an output token/],
    ['two tokens an event', [20], undefined, /2\.0 output tokens a stream event/],
  ])('tells tokens from stream events: %s', async (_, gaps, times, note) => {
    const { experiments, notes } = await importLog({ 'r.json': events(gaps) });
    expect(tokenTimes(experiments[0]!)?.[0]?.map((us) => Math.round(us) / 1000)).toEqual(times);
    expect(notes.join('\n')).toMatch(note ?? /^$/);
    const { firstTokenUs, lastTokenUs } = experiments[0]!.requests!;
    const last = times?.at(-1) ?? 100 + gaps.reduce((sum, gap) => sum + gap, 0);
    expect([firstTokenUs[0]! / 1000, lastTokenUs[0]! / 1000]).toEqual([
      expect.closeTo(times?.[0] ?? 100, 6),
      expect.closeTo(last, 6),
    ]);
  });

  it('leaves out the token times of a request whose text was tokenised again', async () => {
    const { experiments, notes } = await importLog({
      'r.json': run({
        input_lens: [9, 9, 9],
        output_lens: [3, 3, 4],
        itls: [
          [0.01, 0.01],
          [0.01, 0.01],
          [0.01, 0.01],
        ],
        ttfts: [0.1, 0.1, 0.1],
        errors: ['', '', ''],
        latencies: undefined,
      }),
    });
    // Rows are by arrival: the second waited for as long as the third was late.
    const [first, ...others] = tokenTimes(experiments[0]!)!.map((times) => times.length);
    expect(first).toBe(3);
    expect(others).toEqual([3, 0]);
    expect(notes).toContain(
      '1 of 3 requests have another number of stream events than of output tokens: no token times of theirs',
    );
  });

  it.each<[string, string, RegExp]>([
    [
      'a summary',
      run({ input_lens: undefined, output_lens: undefined, ttfts: undefined, itls: undefined, start_times: undefined }),
      /r\.json:1: it holds figures of the whole run alone/,
    ],
    ['arrays of two lengths', run({ ttfts: [1, 2] }), /r\.json:1: ttfts: has 2 entries, but input_lens has 3$/],
    ['a length that is none', run({ output_lens: [3, 2, -1] }), /r\.json:1: output_lens\.2: /],
    [
      'no request',
      run(Object.fromEntries(Object.entries(VLLM_RUN).map(([key, value]) => [key, Array.isArray(value) ? [] : value]))),
      /r\.json: no requests in it$/,
    ],
  ])('is refused with its place: %s', async (_, text, message) => {
    const refusal = await laterRefusalOf(() => importLog({ 'r.json': text }));
    expect(refusal.message).toMatch(message);
  });

  it('takes times that go backwards as not known', async () => {
    const { experiments, notes } = await importLog({ 'r.json': run({ ttfts: [0.2, -0.3, 0] }) });
    expect(filled(experiments[0]!)).toMatchObject({ firstTokenUs: [200_000, NAN, NAN], sentUs: [0, 500_000, 250_000] });
    expect(notes[0]).toBe('1 of 3 requests have times that go backwards: nothing after their sending is known');
  });
});
