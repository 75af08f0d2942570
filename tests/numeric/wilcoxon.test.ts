import { describe, expect, it } from 'vitest';
import { createRandom, signedRankTest } from '../../src/numeric/index.ts';

describe('signedRankTest', () => {
  // Reference: scipy.stats.wilcoxon(mode='exact'); with ties, all 2^7 assignments of signs counted one by one.
  it.each([
    ['no ties', [1.5, -0.5, 2.5, 3.5, -1, 4, 5, 0.2], 8, 31, 0.078125],
    ['a zero, which says nothing', [0.3, 0, -0.1, 0.8, 1.2], 4, 9, 0.25],
    ['ties', [1, 1, -1, 2, 3, -2, 4], 7, 21.5, 0.265625],
  ])('is exact with %s', (_, differences, pairs, positiveRanks, p) => {
    const test = signedRankTest(differences);
    expect(test).toMatchObject({ pairs, positiveRanks, method: 'exact' });
    expect(test.p).toBeCloseTo(p, 12);
  });

  it('cannot fall below 2 / 2ⁿ, however large the differences', () => {
    expect(signedRankTest([100, 200]).p).toBe(0.5);
    expect(signedRankTest([1, 2, 3, 4, 5, 6]).p).toBe(2 / 64);
  });

  it('approximates many pairs by the normal distribution with continuity correction', () => {
    // Reference: scipy.stats.wilcoxon(mode='approx', correction=True).
    const differences = [
      2.341, -2.256, 0.718, -0.268, -0.153, 0.084, -1.72, 0.068, -0.565, 3.623, 0.526, -0.053, 0.019, -0.368, -0.755,
      -0.091, 0.782, 0.061, 1.258, 0.1, 0.324, 1.846, 0.845, -0.205, 0.117, 0.841, 2.235, 0.03, 0.056, 1.302, -0.586,
      0.008, 1.183, 0.88, 0.392, 0.97, -2.528, 1.321, -0.66, -1.369, 0.576, 1.001, -0.145, -0.776, 0.326, 0.247, 1.706,
      1.047, 0.494, 1.412, 0.094, -0.626, 0.884, 0.883, 0.085, -0.483, 0.529, -2.194, 0.99, 0.791,
    ];
    const { p, method } = signedRankTest(differences);
    expect(method).toBe('normal');
    expect(p).toBeCloseTo(0.013518188, 6);
  });

  it('counts all assignments of signs up to 50 pairs, and approximates beyond', () => {
    const differences = Array.from({ length: 51 }, (_, i) => (i % 3 === 0 ? -1 - i : 1 + i));
    expect(signedRankTest(differences.slice(0, 50)).method).toBe('exact');
    expect(signedRankTest([...differences.slice(0, 50), 0, Number.NaN]).method).toBe('exact');
    expect(signedRankTest(differences).method).toBe('normal');
  });

  it('has an effect of ±1 where all differences have one sign, and of 0 where nothing differs', () => {
    expect(signedRankTest([1, 2, 3]).effect).toBe(1);
    expect(signedRankTest([-1, -2, -3]).effect).toBe(-1);
    expect(signedRankTest([0, 0])).toEqual({ pairs: 0, positiveRanks: 0, p: 1, effect: 0, method: 'exact' });
  });

  it('is the same for all signs turned round', () => {
    const random = createRandom(5);
    const differences = Array.from({ length: 17 }, () => random.normal() + 0.4);
    const test = signedRankTest(differences);
    const turned = signedRankTest(differences.map((value) => -value));
    expect(turned.p).toBeCloseTo(test.p, 12);
    expect(turned.effect).toBeCloseTo(-test.effect, 12);
  });

  it('rejects a true null hypothesis about as often as it says', () => {
    const random = createRandom(9);
    let rejected = 0;
    for (let run = 0; run < 2000; run++) {
      if (signedRankTest(Array.from({ length: 14 }, () => random.normal())).p < 0.05) rejected++;
    }
    expect(rejected / 2000).toBeGreaterThan(0.03);
    expect(rejected / 2000).toBeLessThan(0.065);
  });
});
