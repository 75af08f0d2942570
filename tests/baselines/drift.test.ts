import { describe, expect, it } from 'vitest';
import { checkDrift, standingOf } from '../../src/baselines/index.ts';
import { driftOf, growthOf, isBeyond } from '../../src/baselines/drift/drift-of.ts';
import { fittedRanges, isInRange } from '../../src/baselines/drift/fitted-ranges.ts';
import { isOutside, outsideFeatures } from '../../src/baselines/drift/outside.ts';
import { openRows } from '../../src/baselines/rows.ts';
import { type Dataset, makeDataset, SPLITS } from '../../src/data/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { type Batch, batchAt, CONSTANTS, experimentOf, GROUP, LAW, programOf } from './steps-of-a-law.ts';

/** Noise of 2 % that is the same each time. */
function noisy(batch: Batch, row: number): Batch {
  return { ...batch, us: batch.us * (1 + 0.02 * Math.sin(17 * row)) };
}

const KNOWN = makeDataset('known', [experimentOf((row) => noisy(batchAt(row), row))]);

function judgedOf(body: string, constants = CONSTANTS) {
  return {
    target: 'cycle',
    program: programOf(body),
    fits: [{ group: GROUP, constants, standardErrors: {} }],
    scope: 'model',
  } as const;
}

const JUDGED = judgedOf(LAW);
const STANDING = standingOf(KNOWN, JUDGED);

function later(batchOf: (row: number) => Batch): Dataset {
  return makeDataset('later', [experimentOf((row) => noisy(batchOf(row), row + 5), { id: 'later' })]);
}

function check(batchOf: (row: number) => Batch) {
  return checkDrift(later(batchOf), JUDGED, STANDING, SPLITS);
}

describe('how a program stands at its export', () => {
  it('is its residuals on validation rows, and with training rows where these are few', () => {
    const [experiment] = STANDING.experiments;
    expect(experiment).toMatchObject({ id: 'a', group: GROUP, basis: 'steps', rows: 60 });
    expect(experiment!.mape).toBeCloseTo((100 * 0.02 * 2) / Math.PI, 1);
    const regimes = Object.fromEntries(STANDING.groups[0]!.regimes.map(({ regime, of, rows }) => [regime, [of, rows]]));
    expect(regimes).toMatchObject({ all: ['valid', 60], decode: ['valid', 40], prefill: ['both', 8] });
  });

  it('has the ranges of what the program reads and of what a batch is made of, over training rows', () => {
    const ranges = Object.fromEntries(STANDING.groups[0]!.ranges.map((range) => [range.feature, range]));
    expect(Object.keys(ranges).toSorted()).toEqual(['decodeTokens', 'kvTokens', 'prefillTokens', 'requests']);
    expect(ranges['prefillTokens']).toMatchObject({ feature: 'prefillTokens', least: 0, low: 0, high: 64, most: 64 });
    expect(ranges['kvTokens']).toMatchObject({ least: 1600, most: 15_360 });
  });

  it('leaves single rows out of a range', () => {
    const wild = makeDataset('wild', [
      experimentOf((row) => (row === 10 ? { ...batchAt(row), prefill: 2000 } : batchAt(row))),
    ]);
    const range = fittedRanges(programOf('c.base * batch.prefillTokens'), openRows(wild, 'cycle', 'train')).find(
      ({ feature }) => feature === 'prefillTokens',
    );
    expect(range!.most).toBe(2000);
    // All others have at most 64 tokens, so that the one row is all that the upper nine tenths have.
    const { rows, median, lowestTenth, highestTenth } = range!.support!;
    expect([lowestTenth, highestTenth]).toEqual([rows - 1, 1]);
    expect(median).toBe(0);
    expect(isInRange(range!, 64)).toBe(true);
    expect(isInRange(range!, 70)).toBe(true);
    expect(isInRange(range!, 1000)).toBe(false);
  });
});

describe('a check on later data', () => {
  it('holds where batches take the times that they took', () => {
    const { verdict, experiments, regimes, outside } = check((row) => batchAt(row + 3));
    expect(verdict).toBe('holds');
    expect(experiments).toMatchObject([{ id: 'later', basis: 'steps', outside: 0, verdict: 'holds' }]);
    expect(experiments[0]!.now.rows).toBe(299);
    expect(Math.abs(experiments[0]!.drift.points)).toBeLessThan(1);
    expect(experiments[0]!.drift.low!).toBeLessThan(experiments[0]!.drift.high!);
    // Prefills alone: 10 batches, which are too few to say anything of.
    expect(regimes.find(({ regime }) => regime === 'prefill')!.verdict).toBeNull();
    expect(outside).toEqual([]);
    expect(check((row) => batchAt(row + 3))).toEqual(check((row) => batchAt(row + 3)));
  });

  it('drifts where all batches take longer', () => {
    const { verdict, experiments } = check((row) => ({ ...batchAt(row), us: 1.25 * batchAt(row).us }));
    expect(verdict).toBe('drifts');
    expect(experiments[0]!.drift.points).toBeCloseTo(-20, 0);
    expect(experiments[0]!.drift.high!).toBeLessThan(-19);
    expect(experiments[0]!.growth!.points).toBeGreaterThan(15);
  });

  it('says in which regime, where the others hide it', () => {
    const { verdict, experiments, regimes } = check((row) => {
      const batch = batchAt(row);
      return batch.kvTokens > 0.85 * 16_000 ? { ...batch, us: 1.3 * batch.us } : batch;
    });
    expect(experiments[0]!.verdict).toBe('holds');
    expect(regimes.find(({ regime }) => regime === 'full')!.verdict).toBe('drifts');
    expect(verdict).toBe('drifts');
  });

  it('is outside where errors come of batches that nothing was fitted on', () => {
    const { verdict, experiments, outside } = check((row) => {
      const batch = batchAt(row);
      // Long prompts cost more than the law says, which knows none of them.
      return batch.prefill > 0 ? { ...batch, prefill: 2000, us: batch.us + 80_000 } : batch;
    });
    expect(verdict).toBe('outside');
    expect(experiments[0]!.outside).toBeCloseTo(100 / 3, 0);
    expect(outside[0]).toMatchObject({ feature: 'prefillTokens', fitted: [0, 64], now: [0, 2000] });
  });

  it('is outside where most batches are, whatever their errors', () => {
    const large = (row: number): Batch => {
      const decode = 20 + (row % 9);
      const kvTokens = 1600;
      return {
        prefill: 0,
        decode,
        kvTokens,
        us: CONSTANTS.base + CONSTANTS.perDecode * decode + CONSTANTS.perKv * kvTokens,
      };
    };
    const { verdict, experiments } = check(large);
    expect(Math.abs(experiments[0]!.drift.points)).toBeLessThan(1);
    expect(experiments[0]!.outside).toBe(100);
    expect(verdict).toBe('outside');
  });

  it('holds where a bias has gone: nothing is further off than it was', () => {
    const biased = judgedOf(LAW, { base: 10_500, perDecode: 46, perPrefill: 23, perKv: 0.023 });
    const standing = standingOf(KNOWN, biased);
    expect(standing.experiments[0]!.bias).toBeGreaterThan(12);
    const { verdict, experiments } = checkDrift(
      later((row) => ({ ...batchAt(row), us: 1.16 * batchAt(row).us })),
      biased,
      standing,
      SPLITS,
    );
    expect(experiments[0]!.drift.points).toBeLessThan(-10);
    expect(verdict).toBe('holds');
  });

  it('has no verdict where nothing could be judged, and names what was not recorded', () => {
    const lacking = makeDataset('lacking', [
      (({ steps, ...experiment }) => ({
        ...experiment,
        steps: { ...steps!, kvBlocksFree: steps!.kvBlocksFree.map(() => Number.NaN) },
      }))(experimentOf(batchAt)),
    ]);
    expect(checkDrift(lacking, JUDGED, STANDING, SPLITS)).toMatchObject({
      verdict: null,
      missing: { a: 'not recorded: kvTokens' },
    });
  });
});

describe('a change', () => {
  const random = createRandom(3);
  const before = { bias: 2, mape: 3 };

  it('is from what was, with an interval over blocks of rows', () => {
    const steady = [{ residuals: new Float64Array(50).fill(9), before }];
    expect(driftOf(steady, random)).toEqual({ points: 7, low: 7, high: 7 });
    expect(growthOf(steady, random)).toEqual({ points: 6, low: 6, high: 6 });
    expect(isBeyond({ points: -7, low: -8, high: -6 }, 'either')).toBe(true);
    expect(isBeyond({ points: -7, low: -8, high: -6 }, 'above')).toBe(false);
    expect(isBeyond({ points: 7, low: -1, high: 15 }, 'either')).toBe(false);
    expect(isBeyond({ points: 4, low: 3, high: 5 }, 'either')).toBe(false);
  });

  it('has a wider interval where neighbours are alike', () => {
    const n = 400;
    const alike = Float64Array.from({ length: n }, (_, i) => (Math.floor(i / 50) % 2 === 0 ? 10 : -10));
    const mixed = Float64Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 10 : -10));
    const width = (residuals: Float64Array): number => {
      const { low, high } = driftOf([{ residuals, before }], random);
      return high! - low!;
    };
    expect(width(alike)).toBeGreaterThan(3 * width(mixed));
  });

  it('has none where one value says all, and no growth where nothing is known of then', () => {
    const one = [{ residuals: Float64Array.of(8), before: { bias: 0, mape: null } }];
    expect(driftOf(one, random)).toEqual({ points: 8, low: null, high: null });
    expect(growthOf(one, random)).toBeUndefined();
  });
});

describe('batches outside', () => {
  const range = { feature: 'x', least: -5, low: 0, high: 10, most: 90 };

  it('have a feature beside its range, by more than a tenth of its width', () => {
    const batches = { x: Float64Array.of(0, 11, 11.5, -1.5, Number.NaN), y: new Float64Array(5).fill(1e9) };
    expect([...isOutside(batches, [range])]).toEqual([0, 0, 1, 1, 0]);
    expect(outsideFeatures([{ batches, ranges: [range] }])).toEqual([
      { feature: 'x', percent: 40, fitted: [0, 10], now: [-1.5, 11.5] },
    ]);
  });

  it('are none of a feature that has its one value', () => {
    const single = { ...range, least: 4, low: 4, high: 4, most: 4 };
    expect([...isOutside({ x: Float64Array.of(4, 4.1) }, [single])]).toEqual([0, 1]);
  });
});
