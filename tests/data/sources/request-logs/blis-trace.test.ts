import { describe, expect, it } from 'vitest';
import { laterRefusalOf } from '../../../user-error.ts';
import { BLIS_FILES } from '../samples.ts';
import { filled, importLog, tokenTimes } from './import-log.ts';

const NAN = Number.NaN;
const CSV = BLIS_FILES['a.csv']!;

/** The trace with other columns, and cells for them. */
function withColumn(after: string, name: string, cell: string): string {
  const at = CSV.split('\n')[0]!.split(',').indexOf(after) + 1;
  return CSV.trim()
    .split('\n')
    .map((line, row) =>
      line
        .split(',')
        .toSpliced(at, 0, row === 0 ? name : cell)
        .join(','),
    )
    .join('\n');
}

describe('a BLIS trace', () => {
  it('brings arrivals, which count from the start of the run, onto the clock of all other times', async () => {
    const { experiments, notes } = await importLog(BLIS_FILES, 'a.csv', { hardware: 'H100' });
    expect(experiments[0]).toMatchObject({
      id: 'a',
      model: 'meta-llama/Llama-2-7b-hf',
      tp: 2,
      blockSize: 32,
      settings: { engine: 'vllm', maxNumSeqs: 64 },
    });
    // The first was sent when it was due; the second 100 µs later. The usage follows the last token.
    expect(filled(experiments[0]!)).toEqual({
      arrivalUs: [0, 500],
      sentUs: [0, 600],
      firstTokenUs: [100_000, NAN],
      lastTokenUs: [200_000, NAN],
      departedUs: [200_100, NAN],
      promptTokens: [8, 9],
      outputTokens: [2, NAN],
      outcome: [0, 2],
    });
    expect(tokenTimes(experiments[0]!)).toEqual([[100_000, 200_000], []]);
    expect(notes).toEqual([
      "1 of 2 requests have another prompt length by the server than was meant: the server's is taken",
      '1 of 2 requests did not complete (1 cancelled): kept with their outcome',
    ]);
  });

  it.each([
    ['vllm_priority', 'slo_class', '1'],
    ['slo_target_us', 'deadline_us', '0'],
    ['x_request_id', 'finish_reason', 'u'],
  ])('may have a column %s', async (name, after, cell) => {
    const { experiments } = await importLog({ ...BLIS_FILES, 'a.csv': withColumn(after, name, cell) }, 'a.csv');
    expect(filled(experiments[0]!)).toMatchObject({ promptTokens: [8, 9], outcome: [0, 2] });
  });

  it('takes the only header in the folder, and does without one', async () => {
    const { 'a.yaml': header, 'a.itl.csv': _, ...data } = BLIS_FILES;
    const other = await importLog({ ...data, 'h.yaml': header!, 'o.yaml': 'model: x' }, 'a.csv', { hardware: 'H100' });
    expect(other.experiments[0]!.tp).toBe(2);
    expect(other.notes[0]).toMatch(/^last token times are those of the last stream event/);
    const { notes } = await importLog(data, 'a.csv');
    expect(notes[0]).toMatch(/^no header beside it/);
  });

  it.each([
    ['5,0,17000000x0', /a\.itl\.csv:2:3: column `timestamp_us`: "17000000x0" is not an integer from 0 on$/],
    ['5,0', /a\.itl\.csv:2: the line has 2 cells, not 3$/],
    ['5,0,1,1', /a\.itl\.csv:2: the line has 4 cells, not 3$/],
  ])('says where a stream event is wrong: %s', async (line, message) => {
    const files = { ...BLIS_FILES, 'a.itl.csv': `request_id,chunk_index,timestamp_us\n${line}\n` };
    await expect(importLog(files, 'a.csv')).rejects.toThrow(message);
  });

  it('does not say that simulated requests got as far as they were meant to', async () => {
    const files = {
      'a.csv': CSV.replace('6,,,,,0,,0,true,7,0', '6,,,,,0,,0,true,7,5'),
      'a.yaml': 'trace_version: 3\nmode: generated\n',
    };
    const { experiments, notes } = await importLog(files, 'a.csv');
    expect(filled(experiments[0]!).outputTokens).toEqual([2, NAN]);
    expect(notes[0]).toBe('simulated by BLIS, not measured');
  });

  it.each<[string, string, RegExp]>([
    [
      'columns in another order',
      CSV.replace('input_tokens,output_tokens', 'output_tokens,input_tokens'),
      /a\.csv:1:10: column `input_tokens` has to stand here$/,
    ],
    [
      'a cell that is no count',
      CSV.replace(',6,2,8,', ',6,2.5,8,'),
      /a\.csv:2:11: column `output_tokens`: "2\.5" is not an integer/,
    ],
  ])('is refused with its place: %s', async (_, text, message) => {
    expect((await laterRefusalOf(() => importLog({ 'a.csv': text }))).message).toMatch(message);
  });

  it('is one run in a folder with its header and its stream events', async () => {
    const { experiments, notes } = await importLog(
      Object.fromEntries(Object.entries(BLIS_FILES).map(([name, text]) => [`d/${name}`, text])),
      'd',
    );
    expect(experiments).toHaveLength(1);
    expect(notes.join()).not.toContain('left out');
  });
});
