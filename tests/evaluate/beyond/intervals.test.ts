import { describe, expect, it } from 'vitest';
import { type Judged, scaleOf } from '../../../src/evaluate/beyond/coverage.ts';
import { StepIntervals } from '../../../src/evaluate/beyond/intervals.ts';
import { deviationsOf } from '../../../src/evaluate/beyond/posterior.ts';
import { ProgramEvaluator } from '../../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../../src/evaluate/settings.ts';
import type { GroupFit } from '../../../src/evaluate/types.ts';
import type { RegressionTable } from '../../../src/data/index.ts';
import type { Program } from '../../../src/program/index.ts';
import { programOf, tableOf } from '../tables.ts';

const SETTINGS = { ...DEFAULT_EVALUATE_SETTINGS, scope: 'model' as const, objective: 'mape' as const, jobs: 1 };
const LINE = programOf({ a: 100, b: 1 }, 'c.a + c.b * batch.tokens');

function fitted(table: RegressionTable, program: Program): readonly GroupFit[] {
  const evaluator = new ProgramEvaluator(table, SETTINGS);
  try {
    const evaluation = evaluator.evaluate({ program, stream: [0] });
    if (evaluation.status === 'rejected') throw new Error(evaluation.detail);
    return evaluation.fits;
  } finally {
    evaluator.dispose();
  }
}

describe('intervals of step times', () => {
  const table = tableOf((row) => 100 + row.tokens, { rows: 600, noise: 0.1 });
  const fits = fitted(table, LINE);
  const intervals = new StepIntervals(LINE, fits, table, SETTINGS);

  it('hold nine of ten validation rows', () => {
    expect(intervals.validation!.rows).toBe(800);
    expect(intervals.validation!.coverage).toBeGreaterThan(87);
    expect(intervals.validation!.coverage).toBeLessThan(93);
    expect(intervals.validation!.low).toBeGreaterThan(80);
    expect(intervals.validation!.low).toBeLessThan(intervals.validation!.coverage);
    expect(intervals.validation!.high).toBeGreaterThan(intervals.validation!.coverage);
    expect(intervals.validation!.byRegime).toMatchObject({ mixed: null, prefill: null, decode: { rows: 800 } });
  });

  it('are as wide as the noise where rows are many', () => {
    const { low, high } = intervals.of(
      'a-tp1',
      () => [Float64Array.of(300), Float64Array.of(1), Float64Array.of(200)],
      {},
    );
    // 5th and 95th percentile of a log-normal deviate of 0.1.
    expect(low[0]! / 300).toBeCloseTo(Math.exp(-0.1645), 1);
    expect(high[0]! / 300).toBeCloseTo(Math.exp(0.1645), 1);
  });

  it('are wider where constants are known from few rows, and far from them', () => {
    const few = tableOf((row) => 100 + row.tokens, { rows: 8, experiments: 1, noise: 0.1 });
    const small = new StepIntervals(LINE, fitted(few, LINE), few, SETTINGS);
    const width = (tokens: number): number => {
      const roots = [Float64Array.of(100 + tokens), Float64Array.of(1), Float64Array.of(tokens)];
      const { low, high } = small.of('a-tp1', () => roots, {});
      return (high[0]! - low[0]!) / (100 + tokens);
    };
    expect(width(5000)).toBeGreaterThan(1.05 * width(100));
  });

  it('cover rows of a later load only as far as these lie near them', () => {
    // Validation rows take half as long again, which no training row shows.
    const later = { ...table, y: table.y.slice() };
    for (const { rows } of table.experiments) {
      for (let row = rows.valid[0]; row < rows.valid[1]; row++) later.y[row]! *= 1.5;
    }
    const widened = new StepIntervals(LINE, fits, later, SETTINGS);
    expect(widened.validation!.coverage).toBeGreaterThan(87);
    const ends = (of: StepIntervals): number =>
      of.of('a-tp1', () => [Float64Array.of(300), Float64Array.of(1), Float64Array.of(200)], {}).high[0]!;
    expect(ends(widened)).toBeGreaterThan(450);
    expect(ends(intervals)).toBeLessThan(400);
  });
});

describe('the width that validation rows ask for', () => {
  const judged = (scores: readonly number[]): readonly Judged[] =>
    scores.map((score, block) => ({ group: 'all', experiment: 0, block, regime: 'decode', score }));
  const ascending = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  it.each([
    // ⌈0.9·(n + 1)⌉ of n, or the largest.
    [ascending(39), 36],
    [ascending(40), 37],
    [ascending(8), 8],
    [[...ascending(17), Infinity, Infinity], 17],
    [[], 1],
  ])('is that of the row which as many more are within as without: %#', (scores, expected) => {
    expect(scaleOf(judged(scores)).decode).toBe(expected);
  });
});

describe('deviationsOf', () => {
  it('is the length of the gradient in the covariance', () => {
    const roots = [
      [10, 20],
      [1, 0],
      [2, 3],
    ].map((column) => Float64Array.from(column));
    expect([...deviationsOf(roots, Float64Array.of(4, 1, 1, 9))]).toEqual([Math.sqrt(4 + 2 * 2 + 36), 9]);
  });
});
