import { describe, expect, it } from 'vitest';
import { laterRefusalOf } from '../../../user-error.ts';
import { type Json, jsonLines, SGLANG_LOG, SGLANG_RUN } from '../samples.ts';
import { filled, importLog, tokenTimes } from './import-log.ts';

const NAN = Number.NaN;

describe("a detailed output of SGLang's bench_serving", () => {
  it('gives latencies, cached tokens and what the server says of itself', async () => {
    const { experiments, notes } = await importLog({ 'r.jsonl': jsonLines([SGLANG_RUN]) }, 'r.jsonl', {
      hardware: 'H100',
    });
    expect(experiments[0]).toMatchObject({
      id: 'r',
      model: 'meta-llama/Llama-2-7b-hf',
      tp: 2,
      blockSize: 16,
      settings: {
        engine: 'sglang',
        engineVersion: '0.5.4',
        maxNumSeqs: 64,
        kvBlocks: 100,
        prefixCaching: true,
        chunkedPrefill: false,
        asyncScheduling: true,
        expertParallel: false,
      },
    });
    expect(filled(experiments[0]!)).toEqual({
      sentUs: [0, 0],
      firstTokenUs: [100_000, 200_000],
      lastTokenUs: [150_000, 210_000],
      promptTokens: [8, 6],
      cachedTokens: [4, 0],
      outputTokens: [3, 2],
      outcome: [0, 0],
    });
    expect(tokenTimes(experiments[0]!)).toEqual([
      [100_000, 120_000, 150_000],
      [200_000, 210_000],
    ]);
    expect(notes).toHaveLength(1);
  });

  it('is one run a line, with a rate that JSON does not know', async () => {
    const text = jsonLines([SGLANG_RUN, SGLANG_RUN]).replaceAll('"request_rate":4', '"request_rate":Infinity');
    const { experiments } = await importLog({ 'r.jsonl': text });
    expect(experiments.map(({ id }) => id)).toEqual(['r-1', 'r-2']);
  });

  it('has no token times where the client made them up', async () => {
    const itls = [[0.02, 0.02, 0.02, 0.02], [0.01]];
    const { experiments, notes } = await importLog({ 'r.jsonl': jsonLines([{ ...SGLANG_RUN, itls }]) });
    expect(tokenTimes(experiments[0]!)).toBeUndefined();
    expect(notes[0]).toMatch(/^1 of 2 requests have gaps that are spread over the tokens/);
  });

  it('says where output lengths may be those that were asked for', async () => {
    const { notes } = await importLog({
      'r.jsonl': jsonLines([{ ...SGLANG_RUN, total_output_tokens: 6, total_output_tokens_retokenized: 4 }]),
    });
    expect(notes[0]).toMatch(/^output lengths add up to 6 tokens, but the texts have 4: /);
  });

  it('is refused where it has no requests', async () => {
    const { input_lens: _, ttfts: __, ...summary } = SGLANG_RUN;
    const refusal = await laterRefusalOf(() => importLog({ 'r.jsonl': jsonLines([SGLANG_RUN, summary]) }));
    expect(refusal.message).toMatch(/r\.jsonl:2: it holds figures of the whole run alone/);
    expect(refusal.mend).toContain('`output-details`');
  });
});

describe('a request log of an SGLang server', () => {
  it("is on the server's clock", async () => {
    const second: Json = {
      ...SGLANG_LOG[0],
      id: 'b',
      request_received_ts: 1_700_000_000,
      finish_reason: { type: 'abort' },
    };
    const { experiments, notes } = await importLog({
      'sglang-request-metrics-1.log': jsonLines([...SGLANG_LOG, second]),
    });
    expect(filled(experiments[0]!)).toEqual({
      arrivalUs: [0, 500_000],
      sentUs: [0, 500_000],
      queuedUs: [0, 500_000],
      scheduledUs: [125_000, 625_000],
      firstTokenUs: [750_000, 750_000],
      departedUs: [1_000_000, 1_000_000],
      promptTokens: [8, 8],
      cachedTokens: [4, 4],
      outputTokens: [2, 2],
      outcome: [2, 0],
    });
    expect(notes[0]).toBe('1 of 2 requests stand after one that arrived later: sorted by arrival');
  });

  it('has durations alone where the server is older', async () => {
    const old = {
      request_parameters: '{}',
      prompt_tokens: 8,
      completion_tokens: 2,
      cached_tokens: 4,
      e2e_latency: 0.5,
    };
    const { experiments } = await importLog({ 'a.log': jsonLines([old]) });
    expect(filled(experiments[0]!)).toMatchObject({ sentUs: [0], departedUs: [500_000], outputTokens: [2] });
    expect(experiments[0]!.requests!.arrivalUs[0]).toBe(NAN);
  });
});
