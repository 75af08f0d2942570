import { describe, expect, it } from 'vitest';
import { buildTable, makeDataset, withReplays } from '../../src/data/index.ts';
import { smallDataset } from '../baselines/sample.ts';
import { served, SERVER } from '../evaluate/closed-loop/served.ts';

describe('floors of a table', () => {
  it('are one for each model on its GPUs, with every feature', async () => {
    const table = buildTable(await smallDataset(), { target: 'cycle', splits: ['train', 'valid'] });
    expect(table.floors!.map(({ modelKey, questioned }) => [modelKey, questioned])).toEqual([
      ['llama-2-70b-tp4-H100', undefined],
      ['mixtral-8x7b-v0-1-tp2-H100', undefined],
    ]);
    for (const { columns, floorUs, grid } of table.floors!) {
      expect(columns).toHaveLength(table.features.length);
      for (const column of columns) expect(column.every(Number.isFinite)).toBe(true);
      expect(floorUs).toHaveLength(grid.requests.offsets.length - 1);
    }
    const at = table.features.findIndex(({ name }) => name === 'prefillTokens');
    const [prompts] = table.floors![0]!.grid.curves;
    expect(prompts!.batches.map((batch) => table.floors![0]!.columns[at]![batch])).toEqual(prompts!.x);
  });

  it('are questioned where recorded times lie below them: those of the scheduler alone', async () => {
    const table = buildTable(await smallDataset(), { target: 'duration', splits: ['train', 'valid'] });
    for (const { questioned } of table.floors!) {
      expect(questioned).toMatch(/^\d+ of \d+ training times are shorter than the hardware needs at its peak$/);
    }
  });

  it('are questioned where tokens come faster than the weights can be read', () => {
    const floorsOf = (stepUs: number) => {
      const experiment = served(SERVER, () => stepUs);
      const dataset = withReplays(makeDataset('made up', [experiment]));
      return buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] }).floors!;
    };
    // 15 GB at 1.008 TB/s.
    expect(floorsOf(12_000)[0]!.questioned).toMatch(/training times are shorter/);
    expect(floorsOf(17_000)[0]!.questioned).toBeUndefined();
  });
});
