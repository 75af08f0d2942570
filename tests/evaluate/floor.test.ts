import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import type { RegressionTable } from '../../src/data/index.ts';
import { floorFigures, joinFloors } from '../../src/evaluate/floor-figures.ts';
import { layoutTable } from '../../src/evaluate/layout.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import type { Accepted } from '../../src/evaluate/types.ts';
import type { Program } from '../../src/program/index.ts';
import { programOf, tableOf, withFloors } from './tables.ts';

const SETTINGS = {
  ...DEFAULT_EVALUATE_SETTINGS,
  scope: 'global' as const,
  objective: 'mape' as const,
  jobs: 1,
  seed: 1,
};

function evaluated(table: RegressionTable, program: Program, floor = true): Accepted {
  const evaluator = new ProgramEvaluator(table, { ...SETTINGS, floor });
  try {
    const evaluation = evaluator.evaluate({ program, stream: [0] });
    if (evaluation.status === 'rejected') throw new Error(evaluation.detail);
    return evaluation;
  } finally {
    evaluator.dispose();
  }
}

/** Rows that say nothing of tokens: whatever a token costs fits them, as long as it is little. */
const silent = tableOf((row) => 5000 + 4 * row.requests, { noise: 0.01 });
const line = programOf({ a: 5000, b: 0, d: 4 }, 'c.a + c.b * Math.max(batch.tokens - 600, 0) + c.d * batch.requests');

describe('a fit with a physical floor', () => {
  it('keeps to it where nothing was measured, and fits what was as well as without', () => {
    const table = withFloors(silent, 20, 0);
    const free = evaluated(table, line, false);
    expect(free.floor).toBeUndefined();
    const bounded = evaluated(table, line);
    expect(bounded.floor).toMatchObject({ violations: 0, shortRises: 0, error: 0 });
    expect(bounded.floor!.worst).toBeGreaterThanOrEqual(0.999);
    expect(bounded.error).toBeCloseTo(free.error, 2);
    // 2048 tokens need 41 ms.
    const { a, b, d } = bounded.fits[0]!.constants as { a: number; b: number; d: number };
    expect(a + b * 1448 + d).toBeGreaterThan(0.999 * 20 * 2048);
  });

  it('lets more context cost what it takes to read it', () => {
    const program = programOf({ a: 5000, k: 0, d: 4 }, 'c.a + c.k * batch.kv + c.d * batch.requests');
    const table = withFloors(
      tableOf((row) => 5000 + 4 * row.requests + 0.019 * row.kv),
      0.001,
      0.02,
    );
    expect(evaluated(table, program, false).fits[0]!.constants['k']).toBeCloseTo(0.019, 6);
    const { fits, floor } = evaluated(table, program);
    expect(floor).toMatchObject({ violations: 0, shortRises: 0 });
    expect(fits[0]!.constants['k']).toBeGreaterThan(0.0199);
  });

  it('counts what a program lacks that cannot keep to it into its error', () => {
    const blind = programOf({ a: 5000, d: 4 }, 'c.a + c.d * batch.requests');
    const { floor, error, metrics } = evaluated(withFloors(silent, 20, 0), blind);
    expect(floor!.violations).toBeGreaterThan(3);
    expect(floor!.worst).toBeLessThan(0.5);
    const mape = metrics.train.reduce((sum, { mape: own }, at) => sum + own * (at % 2 === 0 ? 1 : 2), 0) / 6;
    expect(error).toBeCloseTo(mape + floor!.error, 9);
  });

  it('is not made of floors that the rows contradict', () => {
    const table = withFloors(silent, 20, 0);
    const questioned = { ...table, floors: table.floors!.map((floor) => ({ ...floor, questioned: 'why' })) };
    expect(evaluated(questioned, line)).toEqual(evaluated(table, line, false));
  });

  it('has the bounds of each group in all its row sets', () => {
    const { groups } = layoutTable(withFloors(silent, 20, 0.1), { scope: 'model', sampleRows: 200 }, createRandom(1));
    for (const { penalised, sample, train } of groups) {
      for (const { floor, rows } of [penalised, sample]) {
        expect(floor!.pairs[1]).toBe(rows[1]);
        expect(floor!.riseUs.length).toBe((floor!.pairs[1] - floor!.pairs[0]) / 2);
      }
      expect(train.floor).toBeUndefined();
    }
  });
});

describe('floorFigures', () => {
  const rows = {
    grid: [0, 2],
    floorUs: Float64Array.of(100, 200),
    pairs: [2, 4],
    riseUs: Float64Array.of(50),
  } as const;

  it.each([
    ['all kept', [100, 200, 10, 60], { violations: 0, shortRises: 0, worst: 1, error: 0 }],
    ['one below', [50, 200, 10, 60], { violations: 1, shortRises: 0, worst: 0.5, error: 50 / 3 }],
    ['a flat rise', [100, 400, 60, 60], { violations: 0, shortRises: 1, worst: 1, error: 100 / 3 }],
    ['one absurdly above', [1e7, 200, 0, 60], { violations: 1, shortRises: 0, worst: 1, error: 100 / 3 }],
  ])('%s', (_, p, expected) => {
    const figures = floorFigures(rows, Float64Array.from(p));
    expect(figures).toMatchObject({ batches: 2, rises: 1, ...expected, error: expect.closeTo(expected.error, 9) });
  });

  it('of several groups are those of all their bounds', () => {
    const [some, others] = [
      [50, 200, 10, 60],
      [100, 200, 10, 10],
    ].map((p) => floorFigures(rows, Float64Array.from(p)));
    expect(joinFloors([some!, others!])).toEqual({
      batches: 4,
      violations: 1,
      worst: 0.5,
      rises: 2,
      shortRises: 1,
      error: expect.closeTo(25, 9),
    });
    expect(joinFloors([])).toBeUndefined();
  });
});
