import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildTable,
  clientLoad,
  type Experiment,
  loadDataset,
  type LoadProfile,
  makeDataset,
  saveDataset,
  servingContext,
  withReplays,
} from '../../../src/data/index.ts';
import type { ClientReport } from '../../../src/data/clients/load-profile.ts';
import { engineOf } from '../../../src/data/replay/engine-of.ts';
import { observationsOf } from '../../../src/data/replay/observations-of.ts';
import { replayWith } from '../../../src/data/replay/reconstruct.ts';
import { NO_OVERHEADS } from '../../../src/data/clients/overheads.ts';
import { mean, quantile, type RowRange } from '../../../src/numeric/index.ts';
import { serve } from '../../../src/serving/index.ts';
import { law, SERVER } from '../../evaluate/closed-loop/served.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

const LOAD: LoadProfile = {
  arrivals: 'constant',
  stages: [
    { rate: 4, durationS: 60 },
    { rate: 9, durationS: 40 },
  ],
  groups: 2,
  promptsPerGroup: 5,
  systemPromptTokens: 40,
  promptTokens: 120,
  outputTokens: 30,
};
const OVERHEAD_MS = 6;

/** What clients of an engine with the law report, who see everything some milliseconds later. */
function reportsOf(experiment: Experiment, factor = 1): NonNullable<Experiment['reports']> {
  const { requests } = clientLoad(experiment)!;
  const { settings } = engineOf(experiment, servingContext(makeDataset('made up', [experiment]), experiment));
  const { requests: paths } = serve(requests, settings, law);
  const { arrivalUs, firstTokenUs, lastTokenUs } = paths;
  const report = ([start, end]: RowRange): ClientReport => {
    const figures = (us: (r: number) => number) => {
      const ms = Array.from({ length: end - start }, (_, at) => us(start + at) / 1000);
      return { mean: mean(ms), p50: quantile(ms, 0.5), p90: quantile(ms, 0.9), p99: quantile(ms, 0.99) };
    };
    return {
      completed: end - start,
      failed: 0,
      ttftMs: figures((r) => factor * (firstTokenUs[r]! - arrivalUs[r]! + 1000 * OVERHEAD_MS)),
      itlMs: figures((r) => (lastTokenUs[r]! - firstTokenUs[r]!) / (LOAD.outputTokens - 1)),
      e2eMs: figures((r) => lastTokenUs[r]! - arrivalUs[r]! + 1000 * OVERHEAD_MS),
    };
  };
  return { overall: report([0, 600]), stages: [report([0, 240]), report([240, 600])] };
}

const bare: Experiment = { ...SERVER, load: LOAD };
const experiment: Experiment = { ...bare, reports: reportsOf(bare) };
const dataset = withReplays(makeDataset('made up', [experiment]));
const { replay } = dataset.experiments[0]!;

describe('a load replayed by its reports', () => {
  it('gives the means that were reported of each stage', () => {
    const { observations } = observationsOf(experiment, replay!, ['train', 'valid']);
    const { kind, start, head, end, y, reports } = observations;
    const { counts, steps } = replay!;
    const sums = start.map((first, o) => {
      let sum = head[o]! * steps.durationUs[first]!;
      for (let row = first + 1; row < end[o]!; row++) sum += counts[row]! * steps.durationUs[row]!;
      return sum;
    });
    for (const stage of [0, 1]) {
      const meanError = (which: number): number => {
        const own = [...sums.keys()].filter((o) => reports!.of[o] === stage && kind[o] === which);
        expect(new Set(own.map((o) => y[o])).size).toBe(1);
        return mean(own.map((o) => sums[o]!)) / y[own[0]!]! - 1;
      };
      expect(Math.abs(meanError(2))).toBeLessThan(0.02);
      expect(Math.abs(meanError(1))).toBeLessThan(0.02);
      expect(Math.abs(meanError(0))).toBeLessThan(0.1);
    }
  });

  it('looks at a window of each stage behind the first turn of the prompts', () => {
    const observed = [...replay!.lastTokenRow.keys()].filter((r) => replay!.lastTokenRow[r]! >= 0);
    expect(observed[0]).toBeGreaterThanOrEqual(10);
    expect(observed.filter((r) => r >= 240)).toHaveLength(300);
    // The first stage is shorter, and its end is left out.
    expect(observed.filter((r) => r < 240)).toHaveLength(228);
    // All but the last token of a prompt in whole blocks was computed before.
    const { prefillTokens, prefillRequests } = replay!.steps;
    expect(prefillTokens.every((tokens, row) => tokens === 8 * prefillRequests[row]!)).toBe(true);
  });

  it('trains and validates on the same observations, and tests on none', () => {
    const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
    const [entry] = table.experiments;
    // Of 528 requests their TTFT, the time to the last token from there, and E2E.
    expect(entry!.observations).toEqual({ train: [0, 1584], valid: [0, 1584], test: [1584, 1584] });
    expect(entry!.rows).toEqual({
      train: [0, replay!.counts.length],
      valid: [table.y.length, table.y.length],
      test: [table.y.length, table.y.length],
    });
    const valid = buildTable(dataset, { target: 'cycle', splits: ['valid'] });
    expect(valid.experiments[0]!.observations).toEqual({ train: [0, 0], valid: [0, 1584], test: [1584, 1584] });
    expect(valid.observations!.start).toEqual(table.observations!.start);
    const test = buildTable(dataset, { target: 'cycle', splits: ['test'] });
    expect([test.y.length, test.observations!.y.length]).toEqual([0, 0]);
  });

  it('takes what clients see beyond steps from what was reported', () => {
    const context = servingContext(dataset, experiment);
    const overheads = { requestUs: 5000, completionUs: 0, tokenUs: 100 };
    const plain = replayWith(experiment, context, { stepTime: law, overheads: NO_OVERHEADS })!;
    const late = replayWith(experiment, context, { stepTime: law, overheads })!;
    expect(late.firstTokenRow).toEqual(plain.firstTokenRow);
    const yOf = (of: typeof plain) => observationsOf(experiment, of, ['train']).observations.y;
    // TTFT, from there to the last token, E2E.
    expect([0, 1, 2].map((at) => Math.round(yOf(plain)[at]! - yOf(late)[at]!))).toEqual([5100, 2900, 8000]);
  });

  it('is kept with the dataset', async () => {
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect(await loadDataset(folder)).toEqual(dataset);
  });

  it('is not made of reports of no steady state', () => {
    const notes: string[] = [];
    const queued = { ...bare, reports: reportsOf(bare, 40) };
    const { experiments } = withReplays(makeDataset('made up', [queued]), (line) => notes.push(line));
    expect(experiments[0]).not.toHaveProperty('replay');
    expect(notes).toEqual([expect.stringMatching(/run-1: not replayed, nothing is fitted .* could not keep up/)]);
  });
});
