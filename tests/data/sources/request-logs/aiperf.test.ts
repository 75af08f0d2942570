import { describe, expect, it } from 'vitest';
import { laterRefusalOf } from '../../../user-error.ts';
import { AIPERF_RECORDS, GENAI_PERF_EXPORT, jsonLines } from '../samples.ts';
import { filled, importLog, tokenTimes } from './import-log.ts';

const NAN = Number.NaN;
const NAME = 'run/profile_export.jsonl';

describe('an export of aiperf', () => {
  it('gives requests after the warm-up, with durations in the units that they say', async () => {
    const summary = { input_config: { endpoint: { model_names: ['meta-llama/Llama-2-7b-hf'] } } };
    const files = { [NAME]: jsonLines(AIPERF_RECORDS), 'run/profile_export_aiperf.json': JSON.stringify(summary) };
    const { experiments, notes } = await importLog(files, NAME, { tp: 1, hardware: 'H100' });
    expect(experiments[0]).toMatchObject({ id: 'run', model: 'meta-llama/Llama-2-7b-hf' });
    expect(filled(experiments[0]!)).toEqual({
      arrivalUs: [0, 2000],
      sentUs: [1000, 2000],
      firstTokenUs: [5000, NAN],
      lastTokenUs: [7001, NAN],
      departedUs: [9000, 3000],
      promptTokens: [9, 5],
      outputTokens: [3, NAN],
      outcome: [0, 2],
    });
    expect(tokenTimes(experiments[0]!)).toEqual([[5000, 5001, 7001], []]);
    expect(notes).toEqual([
      '1 of 3 requests are of the warm-up: left out',
      '1 of 2 requests did not complete (1 cancelled): kept with their outcome',
    ]);
  });

  it('is refused where a unit is not known', async () => {
    const refusal = await laterRefusalOf(() =>
      importLog({ [NAME]: jsonLines(AIPERF_RECORDS).replace('"unit":"ms"', '"unit":"fortnights"') }),
    );
    expect(refusal.message).toMatch(/jsonl:2: metrics\.time_to_first_token\.unit: "fortnights" is no unit of time/);
  });

  it('keeps a request once that is there twice, and both that share an id', async () => {
    const [, one] = AIPERF_RECORDS;
    const other = { ...one, metrics: {} };
    const { experiments, notes } = await importLog({ [NAME]: jsonLines([one, one, other]) });
    expect(experiments[0]!.requests!.arrivalUs).toHaveLength(2);
    expect(notes.slice(0, 2)).toEqual([
      '1 of 3 requests are there twice: kept once',
      '1 of 3 requests have the id of another one: kept all',
    ]);
  });
});

describe('an export of genai-perf', () => {
  it('has tokens where events have text, and lengths where the server reported them', async () => {
    const { experiments, notes } = await importLog({ 'g.json': JSON.stringify(GENAI_PERF_EXPORT) }, 'g.json', {
      tp: 1,
      hardware: 'H100',
    });
    expect(experiments[0]).toMatchObject({ id: 'g', model: 'meta-llama/Llama-2-7b-hf' });
    expect(filled(experiments[0]!)).toEqual({
      arrivalUs: [0],
      sentUs: [0],
      firstTokenUs: [2001],
      lastTokenUs: [4000],
      departedUs: [4001],
      promptTokens: [8],
      cachedTokens: [4],
      outputTokens: [2],
      outcome: [0],
    });
    expect(tokenTimes(experiments[0]!)).toEqual([[2001, 4000]]);
    expect(notes).toEqual([]);
  });

  it('is one run for each experiment, and says what texts do not', async () => {
    const request = { timestamp: 1000, response_timestamps: [3000, 5000, 8000] };
    const { experiments, notes } = await importLog({
      'g.json': JSON.stringify({ experiments: [{ requests: [request] }, { requests: [{ timestamp: 1000 }] }] }),
    });
    expect(experiments.map(({ id }) => id)).toEqual(['g-1', 'g-2']);
    expect(experiments.map((experiment) => filled(experiment))).toMatchObject([
      { firstTokenUs: [2], lastTokenUs: [7], outcome: [0] },
      { outcome: [3] },
    ]);
    expect(notes[0]).toBe('1 of 1 requests have no lengths: the server did not report its usage');
    expect(notes[1]).toMatch(/^1 of 1 requests have stream events but no count of output tokens/);
  });
});
