import { describe, expect, it } from 'vitest';
import { GUIDELLM_REPORT, GUIDELLM_YAML } from '../samples.ts';
import { filled, importLog, tokenTimes } from './import-log.ts';

const NAN = Number.NaN;
const FACTS = { tp: 1, hardware: 'H100' };

describe('a report of GuideLLM', () => {
  it('gives the requests that were sent while it measured', async () => {
    const { experiments, notes } = await importLog({ 'g.json': JSON.stringify(GUIDELLM_REPORT) }, 'g.json', FACTS);
    expect(experiments[0]).toMatchObject({ id: 'g', model: 'meta-llama/Llama-2-7b-hf' });
    expect(filled(experiments[0]!)).toEqual({
      arrivalUs: [0, 1_000_000, 9_500_000],
      sentUs: [500_000, 1_500_000, 9_500_000],
      firstTokenUs: [750_000, 1_750_000, NAN],
      lastTokenUs: [1_250_000, 2_250_000, NAN],
      departedUs: [1_500_000, 2_500_000, NAN],
      promptTokens: [8, 8, 8],
      cachedTokens: [4, 4, NAN],
      outputTokens: [3, 3, NAN],
      outcome: [0, 0, 3],
    });
    expect(tokenTimes(experiments[0]!)).toBeUndefined();
    expect(notes).toEqual([
      '1 of 4 requests were sent before measuring began or after it ended (warm-up, cool-down): left out',
      '1 of 3 requests did not complete (1 incomplete): kept with their outcome',
    ]);
  });

  it('is one run for each benchmark, in JSON and YAML', async () => {
    const [benchmark] = GUIDELLM_REPORT['benchmarks'] as readonly object[];
    const twice = { ...GUIDELLM_REPORT, benchmarks: [benchmark, benchmark] };
    const { experiments } = await importLog({ 'g.json': JSON.stringify(twice) });
    expect(experiments.map(({ id }) => id)).toEqual(['g-1', 'g-2']);
    const yaml = await importLog({ 'g.yaml': GUIDELLM_YAML }, 'g.yaml', FACTS);
    expect(filled(yaml.experiments[0]!)).toMatchObject({ firstTokenUs: [250_000], departedUs: [1_000_000] });
    expect(yaml.experiments[0]!.model).toBe('meta-llama/Llama-2-7b-hf');
  });

  it('was flat until 0.3, and said what it dropped', async () => {
    const row = {
      type_: 'generative_text_response',
      scheduler_info: { targeted_start_time: -1, queued_time: 10 },
      prompt_tokens: 8,
      output_tokens: 3,
      start_time: 10,
      end_time: 12,
      first_token_time: 10.5,
      last_token_time: 11.5,
    };
    const report = {
      benchmarks: [
        {
          type_: 'generative_benchmark',
          run_stats: { start_time: 1, requests_made: { successful: 5, errored: 0, incomplete: 0, total: 5 } },
          worker: { backend_model: 'meta-llama/Llama-2-7b-hf' },
          start_time: 10,
          end_time: 12,
          requests: {
            successful: [row],
            incomplete: [],
            errored: [{ ...row, start_time: 11, first_token_time: null, last_token_time: null, error: 'no' }],
          },
        },
      ],
    };
    const { experiments, notes } = await importLog({ 'g.json': JSON.stringify(report) }, 'g.json', FACTS);
    expect(filled(experiments[0]!)).toMatchObject({
      arrivalUs: [0, 1_000_000],
      firstTokenUs: [500_000, NAN],
      lastTokenUs: [1_500_000, NAN],
      outcome: [0, 1],
    });
    expect(notes[0]).toBe('3 of 5 requests that were made are not in the file (GuideLLM sampled them)');
  });

  it('counts output lengths that are stream events', async () => {
    const text = JSON.stringify(GUIDELLM_REPORT).replaceAll(
      '"output_metrics":{"total_tokens":3}',
      '"output_metrics":{}',
    );
    const { notes } = await importLog({ 'g.json': text });
    expect(notes[1]).toMatch(/^3 of 4 requests have no output length from the server/);
  });
});
