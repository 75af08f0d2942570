import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cyclePairs, splitCounts, splitRanges, targetRows } from '../../src/data/index.ts';
import { sampleSteps } from './sample.ts';

describe('the temporal split', () => {
  it.each([
    [5992, 3595, 1198, 1199],
    [6679, 4007, 1336, 1336],
    [0, 0, 0, 0],
    [1, 1, 0, 0],
    [2, 1, 0, 1],
    [3, 2, 1, 0],
    [10, 6, 2, 2],
  ])('divides %i rows into %i, %i and %i', (n, train, valid, test) => {
    expect(splitCounts(n)).toEqual({ train, valid, test });
  });

  it('covers every row once, in order, for any number of rows', () => {
    fc.assert(
      fc.property(fc.nat(100_000), (n) => {
        const { train, valid, test } = splitRanges(n);
        expect([train[0], train[1], valid[1], test[1]]).toEqual([0, valid[0], test[0], n]);
        expect(valid[1]).toBeLessThanOrEqual(n);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe('cycle pairs', () => {
  it('are start to start of consecutive ids only', () => {
    const steps = sampleSteps([3, 4, 5, 9, 11, 12]);
    const { index, cycleUs } = cyclePairs(steps);
    expect([...index]).toEqual([0, 1, 4]);
    expect([...cycleUs]).toEqual([20_000, 20_000, 20_000]);
  });

  it('leave out a clock that stood still or ran backwards, and say how many', () => {
    const steps = sampleSteps([1, 2, 3, 4]);
    steps.startNs[2] = steps.startNs[1]!;
    const { index, y, leftOut } = targetRows({ steps }, 'cycle');
    expect([...index]).toEqual([0, 2]);
    expect([...y]).toEqual([20_000, 40_000]);
    expect(leftOut).toEqual([{ reason: 'not positive', rows: Int32Array.of(1) }]);
  });

  it('are absent where no two ids are consecutive', () => {
    expect(cyclePairs(sampleSteps([1, 3, 5])).index).toHaveLength(0);
    expect(cyclePairs(sampleSteps([])).index).toHaveLength(0);
  });
});

describe('the duration target', () => {
  it('keeps every row with a positive duration', () => {
    const steps = sampleSteps([1, 5, 9]);
    steps.durationUs[1] = 0;
    const { index, y, leftOut } = targetRows({ steps }, 'duration');
    expect([...index]).toEqual([0, 2]);
    expect([...y]).toEqual([501, 502]);
    expect(leftOut).toEqual([{ reason: 'not positive', rows: Int32Array.of(1) }]);
  });
});
