import { describe, expect, it } from 'vitest';
import { INFERENCE_PERF_LOG } from '../samples.ts';
import { filled, importLog, tokenTimes } from './import-log.ts';

const NAN = Number.NaN;
const NAME = 'reports-1/per_request_lifecycle_metrics.json';

function log(info: object): string {
  return JSON.stringify([{ start_time: 9, end_time: 9.5, request: '{}', response: null, info, error: null }]);
}

describe('a log of requests of inference-perf', () => {
  it("takes lengths from the server's usage before the client's tokeniser", async () => {
    const { experiments, notes } = await importLog({ [NAME]: JSON.stringify(INFERENCE_PERF_LOG) }, NAME, {
      tp: 1,
      hardware: 'H100',
    });
    expect(experiments[0]).toMatchObject({ id: 'reports-1', model: 'meta-llama/Llama-2-7b-hf' });
    expect(filled(experiments[0]!)).toEqual({
      arrivalUs: [0, 250_000],
      sentUs: [0, 250_000],
      firstTokenUs: [expect.closeTo(100_000, 3), NAN],
      lastTokenUs: [expect.closeTo(400_000, 3), NAN],
      departedUs: [500_000, 750_000],
      promptTokens: [9, NAN],
      cachedTokens: [2, NAN],
      outputTokens: [3, NAN],
      outcome: [0, 1],
    });
    expect(tokenTimes(experiments[0]!)!.map((times) => times.length)).toEqual([3, 0]);
    expect(notes).toEqual([
      "1 of 2 requests have another output length by the client's tokeniser than by the server: the server's is taken",
      '1 of 2 requests did not complete (1 failed): kept with their outcome',
    ]);
  });

  it.each([
    ['0.4', { input_tokens: 8, output_tokens: 2, output_token_times: [9.125, 9.25] }],
    [
      '0.5',
      {
        input_tokens: 8,
        response_info: { output_tokens: 2, chunk_times: [9.125, 9.25], output_token_times: [9.125, 9.25] },
      },
    ],
    [
      '0.6',
      {
        request_metrics: { text: { input_tokens: 8 } },
        response_metrics: { output_tokens: 2, chunk_times: [9.125, 9.25] },
      },
    ],
  ])('is read as version %s wrote it', async (_, info) => {
    const { experiments, notes } = await importLog({ [NAME]: log(info) });
    expect(filled(experiments[0]!)).toMatchObject({ promptTokens: [8], outputTokens: [2], firstTokenUs: [125_000] });
    expect(tokenTimes(experiments[0]!)).toEqual([[125_000, 250_000]]);
    expect(notes).toEqual([
      '1 of 1 requests have no output length from the server: that of the text, tokenised again, stands in',
    ]);
  });

  it('does not take the time of an event, repeated for each of its tokens, as times of tokens', async () => {
    const times = [9.125, 9.125, 9.25, 9.25];
    const { experiments, notes } = await importLog({
      [NAME]: log({ input_tokens: 8, output_tokens: 4, output_token_times: times }),
    });
    expect(tokenTimes(experiments[0]!)).toBeUndefined();
    expect(notes[1]).toMatch(/2\.0 output tokens a stream event/);
  });

  it('has no first token where the answer was not streamed', async () => {
    const { experiments } = await importLog({
      [NAME]: log({ request_metrics: { text: { input_tokens: 8 } }, response_metrics: { output_tokens: 2 } }),
    });
    expect(Object.keys(filled(experiments[0]!))).toEqual([
      'arrivalUs',
      'sentUs',
      'departedUs',
      'promptTokens',
      'outputTokens',
      'outcome',
    ]);
  });
});
