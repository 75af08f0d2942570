import * as fc from 'fast-check';
import { quantileSorted, sampleCorrelation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { mean, median, pearson, quantile, weightedMedian } from '../../src/numeric/index.ts';

describe('quantile', () => {
  it.each([
    [[1, 2, 3, 4], 0.5, 2.5],
    [[4, 1, 3, 2], 0.25, 1.75],
    [[1, 2, 3, 4], 1, 4],
    [[1, 2, 3, 4], 0, 1],
    [[7], 0.99, 7],
    [[0, 100], 0.99, 99],
  ])('of %j at %d is %d', (values, q, expected) => {
    expect(quantile(values, q)).toBeCloseTo(expected, 12);
  });

  it('is NaN of nothing and of NaN', () => {
    expect(quantile([], 0.5)).toBeNaN();
    expect(quantile([1, Number.NaN, 2], 0.5)).toBeNaN();
  });

  it('hits the order statistics exactly where the position is whole', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 2 }), (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const k = Math.floor(values.length / 2);
        expect(quantile(values, k / (values.length - 1))).toBeCloseTo(sorted[k] ?? Number.NaN, 6);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('of an odd number of values at one half is their median', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(quantile([3, 1, 2], 0.5)).toBe(quantileSorted([1, 2, 3], 0.5));
  });
});

describe('mean and pearson', () => {
  it('agree with hand-computed values', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(pearson([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 15);
    expect(pearson([1, 2, 3], [6, 4, 2])).toBeCloseTo(-1, 15);
    expect(pearson([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(sampleCorrelation([1, 2, 3, 4], [1, 3, 2, 4]), 14);
  });

  it('call a constant uncorrelated', () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBe(0);
  });

  it('refuse unequal lengths', () => {
    expect(() => pearson([1], [1, 2])).toThrow(RangeError);
  });
});

describe('weightedMedian', () => {
  it('minimises the weighted sum of distances', () => {
    const item = fc.record({ value: fc.integer({ min: -50, max: 50 }), weight: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(item, { minLength: 1, maxLength: 12 }), (items) => {
        const values = items.map((i) => i.value);
        const weights = items.map((i) => i.weight);
        const cost = (m: number): number => items.reduce((s, i) => s + i.weight * Math.abs(i.value - m), 0);
        const best = Math.min(...values.map(cost));
        expect(cost(weightedMedian(values, weights))).toBe(best);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('with equal weights is a median, and NaN of nothing', () => {
    expect(weightedMedian([3, 1, 2], [1, 1, 1])).toBe(2);
    expect(weightedMedian([], [])).toBeNaN();
  });

  it('is the smaller one where two values share the middle, whatever order they come in', () => {
    expect(weightedMedian([1, 2], [1, 1])).toBe(1);
    expect(weightedMedian([2, 1], [1, 1])).toBe(1);
    expect(weightedMedian([3, 1, 2], [3, 1, 2])).toBe(2);
  });
});
