import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { residualCorrelations } from '../../src/evaluate/correlations.ts';
import { disagree, ranked } from '../../src/evaluate/explore.ts';
import { type ExperimentMetrics, fitness } from '../../src/evaluate/index.ts';
import { stratifiedSample } from '../../src/evaluate/sample.ts';

describe('ties of an evaluation', () => {
  it('features that correlate equally stand in the order of the table, whatever the sign', () => {
    const tokens = Float64Array.of(3, 8, 1, 9, 4);
    const columns = { flat: tokens.map(() => 1), up: tokens, down: tokens.map((value) => -value), again: tokens };
    const layout = {
      features: Object.keys(columns).map((name) => ({ name })),
      columns: Object.values(columns),
      y: tokens.map((value) => 100 + value),
      groups: [{ train: { rows: [0, 5] } }],
    } as unknown as Parameters<typeof residualCorrelations>[0];
    const correlations = residualCorrelations(layout, new Float64Array(5).fill(100));
    expect(correlations.map(({ feature }) => feature)).toEqual(['up', 'down', 'again', 'flat']);
    expect(correlations[0]!.r).toBeGreaterThan(0.9);
    expect(correlations[1]!.r).toBe(-correlations[0]!.r);
  });

  it('fits of equal loss keep their order, and such of no loss at all stand last', () => {
    const fits = [Infinity, 2, 1, 2, Infinity, 1].map((cost, i) => ({ constants: Float64Array.of(i), cost }));
    expect(ranked(fits).map(({ constants }) => constants[0])).toEqual([2, 5, 1, 3, 0, 4]);
  });

  it('starts whose losses are within 2 % of each other have found one valley', () => {
    const ended = (...costs: readonly number[]): boolean =>
      disagree(costs.map((cost) => ({ constants: Float64Array.of(cost), cost })));
    expect(ended(7, 1, 1.02)).toBe(false);
    expect(ended(7, 1, 1.0201)).toBe(true);
    expect(ended(0, 0, 4)).toBe(false);
    expect(ended(3)).toBe(false);
  });

  it('rows of equal target are drawn by strata in the order of the rows', () => {
    const rows = Array.from({ length: 50 }, (_, i) => 100 + i);
    const chosen = stratifiedSample(rows, new Float64Array(150).fill(7), 10, createRandom(1));
    expect(chosen.map((row) => Math.floor((row - 100) / 5))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('of experiments that are equally bad the first ones make up the fitness', () => {
    const experiment = (e2eBlockError: number, weight: number) => ({
      metrics: { e2eBlockError, mape: 0 } as ExperimentMetrics,
      weight,
    });
    const [worse, once, twice] = [experiment(9, 1), experiment(3, 1), experiment(3, 2)];
    expect(fitness('e2e', [once, worse, worse, twice])).toBeCloseTo((9 + 9 + 3) / 3, 12);
    expect(fitness('e2e', [twice, worse, worse, once])).toBeCloseTo((9 + 9 + 2 * 3) / 4, 12);
  });
});
