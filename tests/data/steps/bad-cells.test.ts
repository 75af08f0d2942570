import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importDataset, loadDataset, saveDataset } from '../../../src/data/index.ts';
import { withoutBadRows } from '../../../src/data/steps/drop-bad-rows.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf } from '../../user-error.ts';
import { COLUMN_NAMES, range, sampleCsv, sampleSteps } from '../sample.ts';

const OPTIONS = { model: 'llama-2-70b', tp: 4, workload: 'general' };

function csvFile(text: string): string {
  const path = join(temporaryFolder(), 'steps.csv');
  writeFileSync(path, text);
  return path;
}

/** Records with some cells replaced: row from 0, column, new text. */
function damaged(rows: number, cells: readonly (readonly [number, (typeof COLUMN_NAMES)[number], string])[]): string {
  const lines = sampleCsv(range(0, rows))
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  for (const [row, column, text] of cells) lines[row + 1]![COLUMN_NAMES.indexOf(column)] = text;
  return lines.map((line) => line.join(',')).join('\n');
}

const DAMAGE = [
  [2, 'decodeTokens', ''],
  [3, 'decodeTokens', 'NaN'],
  [3, 'waitingDepth', 'many'],
  [5, 'decodeTokens', ''],
  [6, 'decodeTokens', ''],
  [7, 'decodeTokens', ''],
  [8, 'kvBlocksFree', '31357'],
] as const;

describe('bad cells', () => {
  it('are all counted by column and kind, with the first few places', async () => {
    const error = await laterRefusalOf(() => importDataset(csvFile(damaged(20, DAMAGE)), OPTIONS));
    expect(error.message).toMatch(/steps\.csv:4:11: column `batch\.decode_tokens`: the cell is empty; /);
    expect(error.problem).toBe(
      'the cell is empty; 7 bad cells in 6 of 20 rows: `batch.decode_tokens` empty 4 (line 4, line 7, line 8, …), ' +
        '`queue.waiting_depth` text 1 (line 5), `batch.decode_tokens` NaN 1 (line 5), `kv.blocks_free_gpu` too large 1 (line 10)',
    );
  });

  it('are left out with their rows where that is asked for, which the dataset records', async () => {
    const notes: string[] = [];
    const path = csvFile(damaged(20, DAMAGE));
    const dataset = await importDataset(path, { ...OPTIONS, dropBad: true, onNote: (note) => notes.push(note) });
    expect(dataset.experiments[0]).toMatchObject({ removed: { bad: 6 } });
    expect(dataset.experiments[0]!.steps).toEqual(sampleSteps([0, 1, 4, ...range(9, 20)]));
    expect(notes).toEqual([
      expect.stringMatching(/steps\.csv: 6 rows with bad cells are left out: `batch\.decode_tokens` empty 4/),
    ]);
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect(await loadDataset(folder)).toEqual(dataset);
    const whole = await importDataset(csvFile(sampleCsv([0, 1, 4, ...range(9, 20)])), OPTIONS);
    expect(whole.hash).not.toBe(dataset.hash);
  });

  it('do not matter where there are none', async () => {
    const path = csvFile(sampleCsv(range(0, 9)));
    expect(await importDataset(path, { ...OPTIONS, dropBad: true })).toEqual(await importDataset(path, OPTIONS));
  });

  it('leave nothing over where every row has some', async () => {
    const path = csvFile(
      damaged(2, [
        [0, 'decodeTokens', 'x'],
        [1, 'decodeTokens', ''],
      ]),
    );
    expect(await laterRefusalOf(() => importDataset(path, { ...OPTIONS, dropBad: true }))).toMatchObject({
      code: 'data.no-steps',
      problem:
        'all 2 rows have bad cells: `batch.decode_tokens` text 1 (line 2), `batch.decode_tokens` empty 1 (line 3)',
    });
  });

  it('take the state of their requests with them', () => {
    const columns = new Map([['durationUs', [1, null, 3]]]);
    const state = {
      offsets: Float64Array.of(0),
      computedTokens: new Int32Array(),
      newTokens: new Int32Array(),
      promptTokens: new Int32Array(),
      outputTokens: new Int32Array(),
      preemptions: new Int32Array(),
    };
    let asked: readonly number[] = [];
    const { steps } = withoutBadRows({
      file: 'a',
      columns,
      locate: (row) => ({ line: row }),
      state: (records) => {
        asked = Array.from(records);
        return state;
      },
    });
    expect(steps.columns.get('durationUs')).toEqual([1, 3]);
    expect(steps.state!([1, 0])).toBe(state);
    expect(asked).toEqual([2, 0]);
    expect(steps.locate(1, 'durationUs')).toEqual({ line: 2 });
  });
});

describe('a treatment that is asked for', () => {
  it('is recorded in the dataset, and can be changed of one', async () => {
    const path = csvFile(sampleCsv(range(0, 9)));
    const dataset = await importDataset(path, { ...OPTIONS, keepIdle: true, dropWarmup: 2, dropOutliers: 4, lag: 1 });
    const treatment = { keepIdle: true, dropWarmup: 2, dropOutliers: 4, lag: 1 };
    expect(dataset.experiments[0]!.treatment).toEqual(treatment);
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect((await loadDataset(folder)).experiments[0]!.treatment).toEqual(treatment);
    expect((await importDataset(folder, { lag: 0 })).experiments[0]!.treatment).toEqual({
      keepIdle: true,
      dropWarmup: 2,
      dropOutliers: 4,
    });
    expect((await importDataset(path, { ...OPTIONS, lag: 'auto' })).experiments[0]!.treatment).toBeUndefined();
  });

  it('is refused where there are no step records', async () => {
    const path = join(temporaryFolder(), 'requests.jsonl');
    writeFileSync(path, '{"input_toks":1,"output_toks":1,"queued_ts":1}');
    const error = await laterRefusalOf(() => importDataset(path, { ...OPTIONS, hardware: 'H100', keepIdle: true }));
    expect(error).toMatchObject({ code: 'data.idle-option', details: { option: 'keepIdle' } });
  });
});
