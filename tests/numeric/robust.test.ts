import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, pseudoHuber, smoothAbsolute } from '../../src/numeric/index.ts';

/** Location by iteratively reweighted least squares. */
function location(values: readonly number[], delta: number): number {
  const { weight } = pseudoHuber(delta);
  let m = mean(values);
  for (let i = 0; i < 2000; i++) {
    const w = values.map((value) => weight(value - m));
    m = values.reduce((s, value, k) => s + value * (w[k] ?? 0), 0) / w.reduce((a, b) => a + b, 0);
  }
  return m;
}

describe('pseudoHuber', () => {
  const skewed = [1, 2, 3, 4, 100];

  it('tends to L1 for a small scale: the location becomes the median', () => {
    expect(location(skewed, 1e-4)).toBeCloseTo(median(skewed), 2);
  });

  it('tends to least squares for a large scale: the location becomes the mean', () => {
    expect(location(skewed, 1e6)).toBeCloseTo(mean(skewed), 4);
  });

  it('weighs by the slope of its loss', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (delta, r) => {
          const { loss, weight } = pseudoHuber(delta);
          const h = 1e-5;
          expect(weight(r) * r).toBeCloseTo((loss(r + h) - loss(r - h)) / (2 * h), 5);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('divided by its scale tends to the absolute value', () => {
    expect(smoothAbsolute(1e-6).loss(-3)).toBeCloseTo(3, 5);
    expect(smoothAbsolute(0.5).loss(2)).toBeCloseTo(pseudoHuber(0.5).loss(2) / 0.5, 14);
    expect(smoothAbsolute(0.5).weight(2)).toBeCloseTo(pseudoHuber(0.5).weight(2) / 0.5, 14);
  });

  it('refuses a scale that is not positive', () => {
    expect(() => pseudoHuber(0)).toThrow(RangeError);
    expect(() => smoothAbsolute(-1)).toThrow(RangeError);
  });
});
