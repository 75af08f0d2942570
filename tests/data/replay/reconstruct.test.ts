import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  buildTable,
  type Experiment,
  loadDataset,
  makeDataset,
  saveDataset,
  servingContext,
} from '../../../src/data/index.ts';
import { observationsOfSplits } from '../../../src/data/replay/observations.ts';
import { reconstruct } from '../../../src/data/replay/reconstruct.ts';
import type { Observations } from '../../../src/data/table.ts';
import type { Replay } from '../../../src/data/replay/replay.ts';
import { SERVER, served } from '../../evaluate/closed-loop/served.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

function replayOf(experiment: Experiment): Replay {
  return reconstruct(experiment, servingContext(makeDataset('made up', [experiment]), experiment))!;
}

/** The sums that the observations stand for, with the reference's own step times. */
function sumsOf({ steps, counts }: Replay, observations: Observations) {
  const { start, head, end } = observations;
  return start.map((first, o) => {
    let sum = head[o]! * steps.durationUs[first]!;
    for (let row = first + 1; row < end[o]!; row++) sum += counts[row]! * steps.durationUs[row]!;
    return sum;
  });
}

/** The rows of a replay from one on. */
function sliced({ steps, counts }: Replay, from: number): Pick<Replay, 'steps' | 'counts'> {
  return { steps: { ...steps, durationUs: steps.durationUs.slice(from) }, counts: counts.slice(from) };
}

describe('a request log replayed', () => {
  const experiment = served(SERVER);
  const replay = replayOf(experiment);
  const requests = experiment.requests!;
  const all = observationsOfSplits(requests, replay, ['train', 'valid', 'test']);
  const { observations, ranges } = all;

  it('finds batches whose steps add up to what was measured', () => {
    expect([...requests.arrivalUs.keys()].every((row) => replay.lastTokenRow[row]! >= replay.firstTokenRow[row]!)).toBe(
      true,
    );
    // Every output token but the first is decoded once, every prompt token is computed once.
    const decoded = replay.counts.reduce((sum, count, row) => sum + count * replay.steps.decodeTokens[row]!, 0);
    expect(decoded).toBe(requests.outputTokens.reduce((sum, tokens) => sum + tokens - 1, 0));
    const prefilled = replay.steps.prefillTokens.reduce((sum, tokens) => sum + tokens, 0);
    expect(prefilled).toBe(requests.promptTokens.reduce((sum, tokens) => sum + tokens, 0));
    const sums = sumsOf(replay, observations);
    const errors = sums.map((sum, o) => Math.abs(sum / observations.y[o]! - 1)).sort();
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(0.02);
  });

  it('gives each split the rows that its requests took part in', () => {
    expect(ranges.train[1]).toBe(ranges.valid[0]);
    expect(ranges.test[1]).toBe(observations.y.length);
    expect(all.rows).toEqual([0, replay.counts.length]);
    const { train, valid, test } = all.counts;
    expect([all.training, train + valid + test]).toEqual([[0, train], replay.counts.length]);
    // Requests that came later ran beside those before.
    const alone = observationsOfSplits(requests, replay, ['test']);
    expect(alone.rows[0]).toBeLessThan(train + valid);
    expect(alone.counts).toEqual({ train: 0, valid: 0, test: alone.rows[1] - alone.rows[0] });
    expect(alone.training).toEqual(all.training);
    expect(Math.min(...alone.observations.start)).toBe(0);
    expect(sumsOf({ ...replay, ...sliced(replay, alone.rows[0]) }, alone.observations)).toEqual(
      sumsOf(replay, observations).slice(...ranges.test),
    );
    for (const [o, end] of observations.end.entries()) expect(end).toBeGreaterThan(observations.start[o]!);
  });

  it('becomes a table of its rows and what was measured', () => {
    const dataset = makeDataset('made up', [{ ...experiment, replay }]);
    const table = buildTable(dataset, { target: 'cycle', splits: ['train', 'valid'] });
    const [{ rows, observations: own } = { rows: { test: [0, 0] }, observations: undefined }] = table.experiments;
    expect(table.steps!.length).toBe(table.y.length);
    expect(own).toEqual({ train: ranges.train, valid: ranges.valid, test: [ranges.valid[1], ranges.valid[1]] });
    expect(rows.test[1] - rows.test[0]).toBe(0);
    expect(Math.max(...table.observations!.end)).toBe(table.y.length);
    expect(() => buildTable(dataset, { target: 'duration', splits: ['train'] })).toThrow(/no experiment has/);
  });

  it('does not look at the times of other requests than those to train on', () => {
    const late = requests.lastTokenUs.map((us, row) => (row < 60 ? us : 3 * us));
    const other = { ...experiment, requests: { ...requests, lastTokenUs: late } };
    expect(replayOf(other)).toEqual(replay);
  });

  it('is kept with the dataset', async () => {
    const dataset = makeDataset('made up', [{ ...experiment, replay }]);
    const folder = join(temporaryFolder(), 'set');
    saveDataset(dataset, folder);
    expect(await loadDataset(folder)).toEqual(dataset);
    expect(dataset.hash).not.toBe(makeDataset('made up', [experiment]).hash);
  });

  it('needs requests with times', () => {
    expect(reconstruct(SERVER, servingContext(makeDataset('made up', [SERVER]), SERVER))).toBeUndefined();
    const untimed = { ...requests, firstTokenUs: requests.firstTokenUs.map(() => Number.NaN) };
    const lacking = { ...experiment, requests: untimed };
    expect(reconstruct(lacking, servingContext(makeDataset('made up', [lacking]), lacking))).toBeUndefined();
  });
});

describe('ranks in a replay', () => {
  const moe: Experiment = {
    ...SERVER,
    model: 'mixtral-8x7b-v0-1',
    architecture: 'mixtral-8x7b-v0-1',
    settings: { ...SERVER.settings, dataParallel: 2, expertParallel: true },
  };

  it('in lock-step are one engine, each step of which is that of the longest batch', () => {
    const { steps, counts } = replayOf(served(moe));
    for (let row = 1; row < counts.length; row++) {
      const endNs = steps.startNs[row - 1]! + counts[row - 1]! * steps.durationUs[row - 1]! * 1000;
      expect(steps.startNs[row]!).toBeGreaterThanOrEqual(endNs - 1);
    }
  });

  it('by themselves stand one after another', () => {
    const { steps } = replayOf(served({ ...SERVER, settings: { ...SERVER.settings, dataParallel: 2 } }));
    const backwards = [...steps.startNs].filter((start, row) => row > 0 && start < steps.startNs[row - 1]!);
    expect(backwards).toHaveLength(1);
  });
});
