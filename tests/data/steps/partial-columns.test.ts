import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildTable,
  describeDataset,
  importDataset,
  loadDataset,
  makeDataset,
  saveDataset,
} from '../../../src/data/index.ts';
import type { StepColumn } from '../../../src/physics/index.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { laterRefusalOf, refusalOf } from '../../user-error.ts';
import { range, sampleCsv, sampleSteps } from '../sample.ts';

const OPTIONS = { model: 'llama-2-70b', tp: 4, workload: 'general' };
const BATCH: readonly StepColumn[] = ['prefillTokens', 'decodeTokens', 'prefillRequests', 'decodeRequests'];

async function imported(columns: readonly StepColumn[], ids: readonly number[] = range(0, 20)) {
  const path = join(temporaryFolder(), 'steps.csv');
  writeFileSync(path, sampleCsv(ids, columns));
  return importDataset(path, OPTIONS);
}

async function stepsOf(columns: readonly StepColumn[], ids?: readonly number[]) {
  return (await imported(columns, ids)).experiments[0]!.steps!;
}

describe('step records without some columns', () => {
  it('need tokens, requests and a time alone', async () => {
    const steps = await stepsOf([...BATCH, 'durationUs'], [7, 3]);
    // In the order of the rows, since nothing says which came first.
    expect([...steps.stepId]).toEqual([0, 1]);
    expect([...steps.durationUs]).toEqual([500, 503]);
    expect(steps.scheduledTokens).toEqual(sampleSteps([7, 3]).scheduledTokens);
    for (const name of [
      'startNs',
      'endNs',
      'kvBlocksFree',
      'kvUsageRatio',
      'waitingDepth',
      'finishedRequests',
    ] as const) {
      expect([...steps[name]]).toEqual([Number.NaN, Number.NaN]);
    }
  });

  it('have what follows from others', async () => {
    const ended = await stepsOf([...BATCH, 'stepId', 'endNs', 'durationUs'], [7]);
    // 1000000000 + 7·20000000 + 500007 − 500·1000
    expect([...ended.startNs]).toEqual([1_140_000_007]);
    const started = await stepsOf([...BATCH, 'stepId', 'startNs', 'endNs'], [7]);
    expect([...started.durationUs]).toEqual([500]);
    const decode = await stepsOf(
      ['scheduledTokens', 'prefillTokens', 'prefillRequests', 'decodeRequests', 'durationUs'],
      [3],
    );
    expect([...decode.decodeTokens]).toEqual([11]);
    const ratio = await stepsOf([...BATCH, 'durationUs', 'kvBlocksTotal', 'kvUsageRatio'], [3]);
    expect([...ratio.kvBlocksFree]).toEqual([31356 * 0.75]);
    const blocks = await stepsOf([...BATCH, 'durationUs', 'kvBlocksTotal', 'kvBlocksFree'], [3]);
    expect(blocks.kvUsageRatio[0]).toBeCloseTo(303 / 31356, 12);
  });

  it('may have columns that are empty throughout, in a table of several engines', async () => {
    const path = join(temporaryFolder(), 'steps.csv');
    const lines = sampleCsv([1, 2], [...BATCH, 'durationUs', 'kvBlocksTotal', 'kvBlocksFree'])
      .trim()
      .split('\n');
    writeFileSync(
      path,
      [lines[0], lines[1]!.replace(/,31356,31055$/, ',,'), lines[2]!.replace(/,31356,31054$/, ',,')].join('\n'),
    );
    const { experiments } = await importDataset(path, OPTIONS);
    expect([...experiments[0]!.steps!.kvBlocksTotal]).toEqual([Number.NaN, Number.NaN]);
  });

  it('are stored and found again, hash and all', async () => {
    const folder = join(temporaryFolder(), 'set');
    const saved = await imported([...BATCH, 'durationUs']);
    saveDataset(saved, folder);
    expect(await loadDataset(folder)).toEqual(saved);
  });

  it('give the features that can be computed, and name the others with what they lack', async () => {
    const dataset = await imported([...BATCH, 'durationUs']);
    const table = buildTable(dataset, { target: 'duration', splits: ['train'] });
    const names = table.features.map(({ name }) => name);
    expect(names).toContain('decodeRequests');
    expect(names).toContain('weightsUs');
    expect(names).not.toContain('kvTokens');
    expect(names).not.toContain('decodeAttentionUs');
    expect(table.columns.every((column) => column.every(Number.isFinite))).toBe(true);
    const { features, unavailable } = describeDataset(dataset);
    expect(features.map(({ name }) => name)).toEqual(names);
    expect(unavailable).toContainEqual({ name: 'kvTokens', missing: ['kv.blocks_total_gpu', 'kv.blocks_free_gpu'] });
  });

  it('offer a feature only where every experiment has it', async () => {
    const [poor] = (await imported([...BATCH, 'durationUs'])).experiments;
    const [whole] = (await imported([...BATCH, 'durationUs', 'kvBlocksTotal', 'kvBlocksFree'])).experiments;
    const all = makeDataset('both', [
      { ...poor!, id: 'a' },
      { ...whole!, id: 'b' },
    ]);
    const names = (dataset: typeof all) => describeDataset(dataset).features.map(({ name }) => name);
    expect(names(all)).not.toContain('kvTokens');
    expect(names(makeDataset('whole', [whole!]))).toContain('kvTokens');
  });

  it('refuse a target that they do not show', async () => {
    const durations = await imported([...BATCH, 'durationUs']);
    expect(refusalOf(() => buildTable(durations, { target: 'cycle', splits: ['train'] }))).toMatchObject({
      code: 'data.no-cycles',
      problem: 'no experiment has training rows for the target `cycle`: `step.ts_start_ns` was not recorded',
    });
    const starts = await imported([...BATCH, 'startNs']);
    expect(buildTable(starts, { target: 'cycle', splits: ['train'] }).y[0]).toBe(20_000);
    expect(refusalOf(() => buildTable(starts, { target: 'duration', splits: ['train'] }))).toMatchObject({
      code: 'data.no-durations',
      mend: 'Use the target `cycle`, or import data with durations',
    });
  });

  it('ask for all that they lack at once', async () => {
    expect(await laterRefusalOf(() => imported(['decodeTokens', 'kvBlocksFree']))).toMatchObject({
      code: 'data.missing-column',
      details: { missing: 4 },
    });
  });
});
