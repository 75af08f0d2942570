import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import * as ties from '../../src/search/ties.ts';
import { blocksOf } from './front-member.ts';

type Blocks = Parameters<typeof ties.compare>[0];

const compare = (program: Blocks, lowest: Blocks) => ties.compare(program, lowest, 'mape');

describe('the interval of the difference of two programs', () => {
  it('includes 0 about as often as its level says, where neither is better', () => {
    let missed = 0;
    const trials = 120;
    for (let trial = 0; trial < trials; trial++) {
      const random = createRandom(1).split(trial);
      const draw = (label: string) =>
        [0, 1, 2].map((e) => Array.from({ length: 10 }, (_, b) => 5 + random.split(label, e, b).normal()));
      const { low, high } = compare(blocksOf(draw('a')), blocksOf(draw('b')))!.difference;
      if (low > 0 || high < 0) missed++;
    }
    // A percentile interval of few blocks is a little too short: 0.08 would be usual.
    expect(missed / trials).toBeLessThan(0.12);
    expect(missed / trials).toBeGreaterThan(0.01);
  });

  it('pairs the blocks: what makes a block hard for both cancels', () => {
    const hard = [[1, 40, 3, 22, 9, 60, 2, 17, 5, 33]];
    const worse = hard.map((errors) => errors.map((error, at) => error + 0.2 + 0.01 * at));
    const { low, high } = compare(blocksOf(worse), blocksOf(hard))!.difference;
    expect(low).toBeGreaterThan(0.2);
    expect(high).toBeLessThan(0.3);
  });

  it('weighs experiments, and is the same each time', () => {
    const [a, b] = [
      [
        { weight: 3, rows: 9, errors: [2, 2] },
        { weight: 1, rows: 9, errors: [6, 6] },
      ],
      [
        { weight: 3, rows: 9, errors: [1, 1] },
        { weight: 1, rows: 9, errors: [1, 1] },
      ],
    ];
    expect(compare(a, b)).toEqual({ difference: { low: 2, high: 2 }, isTie: false });
    const blocks = blocksOf([[1, 2, 3, 4, 5]]);
    const other = blocksOf([[2, 1, 4, 3, 5]]);
    expect(compare(blocks, other)).toEqual(compare(blocks, other));
  });

  it('is of the three worst experiments under an objective of these, which each program has its own of', () => {
    const even = (level: number) => [level, level, level];
    const program = blocksOf([even(1), even(2), even(9), even(3), even(3)]);
    const lowest = blocksOf([even(4), even(3), even(2), even(2), even(2)]);
    // (9 + 3 + 3) / 3 less (4 + 3 + 2) / 3; means are 3.6 and 2.6.
    for (const objective of ['e2e', 'replay'] as const) {
      expect(ties.compare(program, lowest, objective)!.difference).toEqual({ low: 2, high: 2 });
    }
    expect(compare(program, lowest)!.difference.low).toBeCloseTo(1, 12);
  });

  it('counts one far block as the next, and several as they are', () => {
    const lowest = blocksOf([[1, 1.1, 0.9, 1, 1.2, 1, 0.8, 1, 1.1, 1]]);
    const above = (by: readonly number[]) =>
      blocksOf([lowest[0]!.errors.map((error, at) => error + (by[at] ?? 0.01 * at))]);
    expect(compare(above([90]), lowest)!.difference.high).toBeLessThan(0.2);
    expect(compare(above([90, 8, 9]), lowest)!.difference.high).toBeGreaterThan(2);
  });

  it('makes a tie where it includes 0, or is surely too small to be of use', () => {
    const better = [[2, 2, 2, 2]];
    const above = (by: number) => blocksOf(better.map((errors) => errors.map((error, at) => error + by + 0.001 * at)));
    expect(compare(above(0.09), blocksOf(better))!.isTie).toBe(true);
    expect(compare(above(0.11), blocksOf(better))!.isTie).toBe(false);
    expect(compare(blocksOf([[9, 0, 9, 0.5]]), blocksOf(better))!.isTie).toBe(true);
  });

  it('is unknown where the blocks are others, or there are none', () => {
    expect(compare(blocksOf([[1, 2]]), blocksOf([[1, 2, 3]]))).toBeUndefined();
    expect(compare(blocksOf([[1]]), blocksOf([[1], [2]]))).toBeUndefined();
    expect(compare(blocksOf([[]]), blocksOf([[]]))).toBeUndefined();
    expect(compare(undefined, blocksOf([[1]]))).toBeUndefined();
  });
});
