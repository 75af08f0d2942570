import { describe, expect, it } from 'vitest';
import {
  type ExperimentMetrics,
  experimentMetrics,
  objectiveError,
  type WeightedMetrics,
} from '../../src/evaluate/index.ts';

function shift(values: readonly number[]): number[] {
  return [7, ...values, 7];
}

function experiment(e2eBlockError: number, mape: number, weight: number): WeightedMetrics {
  return {
    metrics: { e2eBlockError, mape } as ExperimentMetrics,
    weight,
  };
}

describe('experimentMetrics', () => {
  // Ten rows in five blocks of two; y = 100 throughout, weights 1 and 3 in each block.
  const y = Array.from({ length: 10 }, () => 100);
  const e2e = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3];
  const none = Array.from({ length: 10 }, () => 0);
  const p = [110, 110, 90, 90, 110, 110, 90, 90, 100, 120];
  const metrics = experimentMetrics('x', p, y, { e2e, ttft: [1, 0, 0, 0, 0, 0, 0, 0, 0, 1], itl: none }, [0, 10]);

  it.each([
    ['rows', 10],
    ['mape', 10],
    ['mspe', 2],
    // Sorted absolute errors: 0, 10 × 8, 20; the 99th percentile lies 0.91 of the way from the ninth to the tenth.
    ['p99', 19.1],
    // Blocks +10, −10, +10, −10 and (1·0 + 3·20)/4 = +15.
    ['e2eError', 3],
    ['e2eBlockError', 11],
    ['prefillWeightedError', 15],
    ['decodeWeightedError', 0],
  ] as const)('%s by hand is %d', (key, expected) => {
    expect(metrics[key]).toBeCloseTo(expected, 10);
  });

  it('is zero for perfect predictions, except a correlation of 1', () => {
    const varied = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const perfect = experimentMetrics('x', varied, varied, { e2e, ttft: e2e, itl: e2e }, [0, 10]);
    expect(perfect).toEqual({
      id: 'x',
      rows: 10,
      mape: 0,
      mspe: 0,
      pearson: 1,
      p99: 0,
      e2eError: 0,
      prefillWeightedError: 0,
      decodeWeightedError: 0,
      e2eBlockError: 0,
    });
  });

  it('looks at its own rows only', () => {
    const wild = [1e9, ...p, -5];
    const weights = { e2e: shift(e2e), ttft: shift(none), itl: shift(none) };
    expect(experimentMetrics('x', wild, shift(y), weights, [1, 11]).mape).toBeCloseTo(10, 10);
  });

  it('works on fewer rows than blocks', () => {
    const two = experimentMetrics('x', [90, 120], [100, 100], { e2e: [1, 1], ttft: [0, 0], itl: [0, 0] }, [0, 2]);
    expect(two.e2eBlockError).toBeCloseTo(15, 10);
  });
});

describe('fitness', () => {
  const experiments = [experiment(1, 10, 1), experiment(9, 20, 1), experiment(3, 30, 2), experiment(6, 40, 1)];

  it('e2e: weighted mean of the three worst, and a thousandth of the mean MAPE', () => {
    expect(objectiveError('e2e', experiments)).toBeCloseTo((9 + 6 + 2 * 3) / 4 + 1e-3 * 26, 12);
  });

  it('mape: weighted mean', () => {
    expect(objectiveError('mape', experiments)).toBeCloseTo(26, 12);
  });

  it('is the experiment itself where there is one', () => {
    expect(objectiveError('e2e', experiments.slice(1, 2))).toBeCloseTo(9.02, 12);
    expect(objectiveError('mape', experiments.slice(1, 2))).toBeCloseTo(20, 12);
  });
});
