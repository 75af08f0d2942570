import { afterEach, describe, expect, it } from 'vitest';
import type { RegressionTable } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { layoutTable } from '../../src/evaluate/layout.ts';
import { groupData, UNWEIGHTED } from '../../src/evaluate/loss.ts';
import { REQUEST_BIAS } from '../../src/evaluate/observed-loss.ts';
import { observedMetrics } from '../../src/evaluate/observed-metrics.ts';
import { observedPart, predictObserved } from '../../src/evaluate/observed-part.ts';
import { Passes } from '../../src/evaluate/passes.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import { Model } from '../../src/kernel/model.ts';
import { Sandbox } from '../../src/kernel/sandbox.ts';
import { type Law, observedTable } from './observed-tables.ts';
import { programOf } from './tables.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.dispose();
});

/** Two stages of two rows each. E2E of two requests in each, with 10 µs reported of the one stage and 20 µs of the other. */
function handMade(): RegressionTable {
  const ones = new Float64Array(4).fill(1);
  return {
    features: [{ name: 'x', unit: 'tokens', meaning: 'x', range: [0, 100] }],
    columns: [Float64Array.of(4, 8, 16, 8)],
    y: Float64Array.of(4, 8, 16, 8),
    weights: { e2e: ones, ttft: ones, itl: ones },
    experiments: [
      {
        id: 'e',
        model: 'm',
        workload: 'w',
        tp: 1,
        modelKey: 'm-tp1',
        weight: 1,
        rows: { train: [0, 4], valid: [4, 4], test: [4, 4] },
        observations: { train: [0, 4], valid: [0, 4], test: [4, 4] },
      },
    ],
    steps: ones,
    observations: {
      kind: Uint8Array.of(2, 2, 2, 2),
      start: Int32Array.of(0, 1, 2, 2),
      head: Float64Array.of(1, 1, 1, 1),
      end: Int32Array.of(2, 2, 3, 4),
      y: Float64Array.of(10, 10, 16, 16),
      tokens: Float64Array.of(2, 2, 2, 2),
      reports: { of: Int32Array.of(0, 0, 1, 1), p90: Float64Array.of(11.6, 11.6, 22, 22) },
    },
  };
}

describe('observations that were reported together, worked by hand', () => {
  const table = handMade();
  const part = observedPart(table, 0, 'train', 0)!;

  it('are told apart by their report', () => {
    expect(part.kinds[0]!.reports).toEqual([
      { range: [0, 2], p90: 11.6 },
      { range: [2, 4], p90: 22 },
    ]);
    expect(observedPart(table, 0, 'valid', 0)).toEqual(part);
  });

  it('lose by their means alone', () => {
    const program = programOf({ a: 1 }, 'c.a * batch.x');
    const layout = layoutTable(table, { scope: 'global', sampleRows: 100 }, createRandom(1));
    const data = groupData(layout, layout.groups[0]!);
    const rowSets = [data.sample, data.penalised, data.train, ...(data.middle === undefined ? [] : [data.middle])];
    const sandbox = new Sandbox(layout, rowSets, 2, DEFAULT_EVALUATE_SETTINGS);
    sandboxes.push(sandbox);
    const passes = new Passes(new Model(program, sandbox), data.train);
    const cost = (a: number, biasWeight: number): number =>
      passes.costs([Float64Array.of(a)], { ...UNWEIGHTED, biasWeight })[0]!.cost;
    // 12 and 8 have the mean 10 that was reported, 16 and 24 that of 20 in place of 16.
    expect(cost(1, 0)).toBe(0);
    expect(cost(1, 2)).toBeCloseTo(0.5 * 2 * REQUEST_BIAS * 0.5 * 0.25 ** 2, 10);
    expect(cost(1.5, 2)).toBeCloseTo(0.5 * 2 * REQUEST_BIAS * 0.5 * (0.5 ** 2 + 0.875 ** 2), 10);
  });

  it('are judged by means and percentiles of each report', () => {
    const p = predictObserved(part, table.y, table.steps, [0, 4]);
    const { rows, mape, mspe, e2eError, e2eBlockError, requests } = observedMetrics('e', part, p, {
      e2e: 1,
      itl: 1,
      ttft: 1,
    });
    expect(rows).toBe(2);
    expect([mape, mspe, e2eError, e2eBlockError].map((error) => Math.round(1e6 * error) / 1e6)).toEqual([
      12.5, 12.5, 12.5, 12.5,
    ]);
    // 11.6 is the 90th percentile of 8 and 12; that of 16 and 24 is 23.2 in place of 22.
    expect(requests!.e2eP90Error).toBeCloseTo((0 + 100 * (23.2 / 22 - 1)) / 2, 9);
    expect(requests!.replayError).toBeCloseTo((12.5 + 0.5 * requests!.e2eP90Error) / 1.5, 9);
  });
});

describe('a program on reports alone', () => {
  const line: Law = ({ requests, context }) => 3000 + 40 * requests + 0.3 * context;

  it('gets the constants that give the means', () => {
    const measured = observedTable(line, { experiments: 2 });
    const { kind, y } = measured.observations!;
    // Of each experiment and kind the mean over its training requests is all that is known.
    const reported = y.slice();
    const of = new Int32Array(y.length);
    for (const { observations } of measured.experiments) {
      for (const [from, to] of Object.values(observations!)) {
        for (const wanted of [0, 1, 2]) {
          const own = Array.from({ length: to - from }, (_, i) => from + i).filter((i) => kind[i] === wanted);
          const mean = own.reduce((sum, i) => sum + y[i]!, 0) / own.length;
          // A time between tokens is a mean over its steps, of which these requests have different numbers.
          for (const i of own) reported[i] = wanted === 1 ? 0 : mean;
        }
      }
    }
    const table = { ...measured, observations: { ...measured.observations!, y: reported, reports: { of, p90: y } } };
    const evaluator = new ProgramEvaluator(table, {
      ...DEFAULT_EVALUATE_SETTINGS,
      scope: 'global',
      objective: 'replay',
    });
    const program = programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.requests + 0.3 * batch.context');
    const evaluation = evaluator.evaluate({ program, stream: [] });
    evaluator.dispose();
    if (evaluation.status !== 'ok') throw new Error(evaluation.detail);
    expect(evaluation.metrics.train.map(({ e2eError }) => e2eError < 1)).toEqual([true, true]);
    expect(evaluation.fits[0]!.constants['a']! / 3000).toBeCloseTo(1, 1);
    // Reports have no scatter that would tell errors of constants.
    expect(evaluation.fits[0]!.standardErrors).toMatchObject({ a: null, b: null });
  });
});
