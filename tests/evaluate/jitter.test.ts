import { describe, expect, it } from 'vitest';
import { createRandom, mean } from '../../src/numeric/index.ts';
import { jitter } from '../../src/evaluate/row-set-fitter.ts';

const START = Float64Array.of(3, -200, 0, 7);
const DRAWS = 4000;

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

describe('jittered start values', () => {
  const random = createRandom(1);
  const starts = Array.from({ length: DRAWS }, (_, i) => jitter(START, [0, 1, 2], random.split(i)));
  const logarithms = (at: number): readonly number[] =>
    starts.map((start) => Math.log((start[at] as number) / (START[at] as number)));

  it('spread so far that a third of them lie beyond a factor of two', () => {
    // The median factor is 1, and the logarithms deviate by 0.7: P(|z| > ln 2 / 0.7) = 0.322.
    for (const at of [0, 1]) {
      expect(Math.abs(mean(logarithms(at)))).toBeLessThan(0.04);
      expect(Math.abs(deviation(logarithms(at)) - 0.7)).toBeLessThan(0.03);
      const far = logarithms(at).filter((value) => Math.abs(value) > Math.LN2).length;
      expect(Math.abs(far / DRAWS - 0.322)).toBeLessThan(0.03);
    }
  });

  it('keep their sign, and move apart from each other', () => {
    expect(starts.every(([a = 0, b = 0]) => a > 0 && b < 0)).toBe(true);
    const others = logarithms(1);
    const together = mean(logarithms(0).map((value, i) => value * (others[i] as number)));
    expect(Math.abs(together)).toBeLessThan(0.03);
  });

  it('are normal of unit size where the start value is 0', () => {
    const zeros = starts.map((start) => start[2] as number);
    expect(Math.abs(mean(zeros))).toBeLessThan(0.06);
    expect(Math.abs(deviation(zeros) - 1)).toBeLessThan(0.05);
  });

  it('leave the other constants and the given ones alone', () => {
    expect(starts.every((start) => start[3] === 7)).toBe(true);
    expect(START).toEqual(Float64Array.of(3, -200, 0, 7));
  });
});
