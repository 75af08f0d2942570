import { describe, expect, it } from 'vitest';
import { bootstrap, createRandom, mean } from '../../src/numeric/index.ts';

function meanOf(values: Float64Array) {
  return ([rows]: readonly Int32Array[]): number => mean(Float64Array.from(rows!, (row) => values[row]!));
}

describe('bootstrap', () => {
  it('agrees with the normal interval of a mean', () => {
    const random = createRandom(1);
    const values = Float64Array.from({ length: 400 }, () => 5 + 2 * random.normal());
    const { low, high, level } = bootstrap([400], meanOf(values), { random: createRandom(2) });
    const half = (1.96 * 2) / Math.sqrt(400);
    expect(level).toBe(0.95);
    expect(low).toBeCloseTo(mean(values) - half, 1);
    expect(high).toBeCloseTo(mean(values) + half, 1);
  });

  it('is the same for the same stream', () => {
    const values = Float64Array.from({ length: 50 }, (_, i) => i % 7);
    const once = bootstrap([50], meanOf(values), { random: createRandom(3) });
    expect(bootstrap([50], meanOf(values), { random: createRandom(3) })).toEqual(once);
    expect(bootstrap([50], meanOf(values), { random: createRandom(4) })).not.toEqual(once);
  });

  it('resamples each stratum apart and to its own size', () => {
    bootstrap(
      [3, 5],
      ([a, b]) => {
        expect(a).toHaveLength(3);
        expect(b).toHaveLength(5);
        expect(Math.max(...a!)).toBeLessThan(3);
        return 0;
      },
      { random: createRandom(1), resamples: 20 },
    );
  });

  it('gives wider intervals by blocks where neighbours are alike', () => {
    const values = Float64Array.from({ length: 600 }, (_, i) => Math.floor(i / 60) % 2);
    const width = (blockLength: number): number => {
      const { low, high } = bootstrap([600], meanOf(values), { random: createRandom(1), blockLength });
      return high! - low!;
    };
    expect(width(40)).toBeGreaterThan(3 * width(1));
  });

  it('draws neighbours together, around the end', () => {
    bootstrap(
      [10],
      ([rows]) => {
        for (let i = 1; i < 4; i++) expect(rows![i]).toBe((rows![i - 1]! + 1) % 10);
        return 0;
      },
      { random: createRandom(8), resamples: 30, blockLength: 4 },
    );
  });
});
