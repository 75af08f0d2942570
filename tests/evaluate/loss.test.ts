import { describe, expect, it } from 'vitest';
import { createRandom, leastSquares } from '../../src/numeric/index.ts';
import { type Fold, type Layout, layoutTable } from '../../src/evaluate/layout.ts';
import { fitLinear, THOROUGH } from '../../src/evaluate/linear-fit.ts';
import { type FoldData, foldCost, foldData, foldNormalEquations, LOSS_SCHEDULE } from '../../src/evaluate/loss.ts';
import { tableOf } from './tables.ts';

const table = tableOf((row) => 300 + 2 * row.tokens + 10 * row.requests, { noise: 0.3, rows: 60 });
const layout: Layout = layoutTable(table, { scope: 'global', sampleRows: 100 }, createRandom(1));
const fold = layout.groups[0]?.guarded as Fold;
const data: FoldData = foldData(layout, fold);

const constant = new Float64Array(layout.rowCount).fill(1);
const columns = [constant, layout.columns[0], layout.columns[1]] as readonly Float64Array[];
const zero = new Float64Array(layout.rowCount);
const predict = (beta: ArrayLike<number>): Float64Array =>
  constant.map((_, row) => columns.reduce((sum, column, j) => sum + (beta[j] ?? 0) * (column[row] ?? 0), 0));

describe.each(['e2e', 'mape'] as const)('the loss of %s', (objective) => {
  const schedule = LOSS_SCHEDULE[objective];
  const final = schedule.at(-1) as (typeof schedule)[number];
  // The last point predicts many rows near and below zero, where the guard acts.
  const points = [
    [300, 2, 10],
    [500, 1, 3],
    [-400, 3, -2],
  ];

  it('has the gradient that finite differences have', () => {
    for (const beta of points) {
      const jtj = new Float64Array(9);
      const jtr = new Float64Array(3);
      const cost = foldNormalEquations(data, final, predict(beta), columns, jtj, jtr);
      expect(cost).toBeCloseTo(foldCost(data, final, predict(beta)), 10);
      for (let j = 0; j < 3; j++) {
        const h = 1e-5 * (1 + Math.abs(beta[j] ?? 0));
        const at = (step: number): number =>
          foldCost(data, final, predict(beta.map((b, k) => (k === j ? b + step : b))));
        const slope = (at(h) - at(-h)) / (2 * h);
        expect(Math.abs((jtr[j] ?? 0) - slope)).toBeLessThan(1e-5 * (1 + Math.abs(slope)));
      }
    }
  });

  it('is minimised by the closed form: descent finds nothing lower', () => {
    const fit = fitLinear(data, schedule, zero, columns, THOROUGH);
    expect(fit.cost).toBeCloseTo(foldCost(data, final, predict(fit.coefficients)), 10);
    const descended = leastSquares(
      {
        size: 3,
        cost: (beta) => foldCost(data, final, predict(beta)),
        normalEquations: (beta, jtj, jtr) => foldNormalEquations(data, final, predict(beta), columns, jtj, jtr),
      },
      fit.coefficients,
      { maxIterations: 200 },
    );
    expect(fit.cost - descended.cost).toBeLessThan(1e-4 * fit.cost);
  });

  it('treats an offset as known', () => {
    const offset = columns[2] as Float64Array;
    const withOffset = fitLinear(
      data,
      schedule,
      offset.map((value) => 7 * value),
      columns,
      THOROUGH,
    );
    const without = fitLinear(data, schedule, zero, columns, THOROUGH);
    expect((withOffset.coefficients[2] ?? 0) + 7).toBeCloseTo(without.coefficients[2] ?? 0, 4);
  });

  it('is infinite where a column is not finite', () => {
    const broken = constant.map((value, row) => (row === fold.rows[0] + 3 ? Number.NaN : value));
    expect(fitLinear(data, schedule, zero, [broken], THOROUGH).cost).toBe(Number.POSITIVE_INFINITY);
    expect(foldCost(data, final, broken)).toBeNaN();
  });
});

describe('foldData', () => {
  it('weighs experiments by their weights, rows of one experiment alike, probes not at all', () => {
    const sums = layout.groups[0]?.train.parts.map(({ rows: [start, end] }) =>
      data.rowWeights.subarray(start - data.start, end - data.start).reduce((a, b) => a + b, 0),
    );
    [1 / 6, 2 / 6, 1 / 6, 2 / 6].forEach((share, i) => expect(sums?.[i]).toBeCloseTo(share, 12));
    const probes = layout.groups[0]?.probes as readonly [number, number];
    expect(data.rowWeights.subarray(probes[0] - data.start).every((weight) => weight === 0)).toBe(true);
  });

  it('lets a scale factor be seen by every block', () => {
    const flat = predict([0, 0, 0]).map((_, row) => 1.1 * (layout.y[row] ?? 0));
    const bias = data.blocks.map(({ start, end }) => {
      let sum = 0;
      for (let i = start; i < end; i++)
        sum += (data.biasWeights[i] ?? 0) * ((flat[data.start + i] ?? 0) - (data.y[i] ?? 0));
      return sum;
    });
    expect(bias).toHaveLength(20);
    for (const value of bias) expect(value).toBeCloseTo(0.1, 10);
  });
});
