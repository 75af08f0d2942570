import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildTable, importDataset, type RegressionTable } from '../../src/data/index.ts';
import type { Accepted, Candidate } from '../../src/evaluate/index.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS, type EvaluateSettings } from '../../src/evaluate/settings.ts';
import { realData } from '../real-data.ts';
import { reasonOf } from './conformance.ts';
import { programOf, tableOf } from './tables.ts';

function evaluate(table: RegressionTable, candidate: Candidate, settings: Partial<EvaluateSettings> = {}): Accepted {
  const evaluation = new ProgramEvaluator(table, { ...DEFAULT_EVALUATE_SETTINGS, ...settings }).evaluate(candidate);
  if (evaluation.status !== 'ok') throw new Error(`${reasonOf(evaluation)}: ${evaluation.detail}`);
  return evaluation;
}

const table = tableOf((row, experiment) => (500 + 4 * row.tokens) * (1 + experiment), { noise: 0.1 });
const line = { program: programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens'), stream: ['x'] };

describe('ProgramEvaluator', () => {
  it.each([
    ['global', ['all']],
    ['model', ['a-tp1', 'b-tp1']],
    ['experiment', ['experiment-0', 'experiment-1', 'experiment-2', 'experiment-3']],
  ] as const)('fits, in scope %s, one constant vector for each of %j', (scope, groups) => {
    expect(evaluate(table, line, { scope }).fits.map((fit) => fit.group)).toEqual(groups);
  });

  it('has the weighted mean of MAPE for fitness by the objective mape', () => {
    const { error, metrics } = evaluate(table, line, { objective: 'mape' });
    const [a = 0, b = 0, c = 0, d = 0] = metrics.train.map((m) => m.mape);
    expect(error).toBeCloseTo((a + 2 * b + c + 2 * d) / 6, 10);
  });

  it('fits better the finer the scope', () => {
    const errors = (['global', 'model', 'experiment'] as const).map(
      (scope) => evaluate(table, line, { scope, objective: 'mape' }).error,
    );
    expect(errors).toEqual(errors.toSorted((a, b) => b - a));
    expect(errors[2]).toBeLessThan(9);
  });

  it('points at the feature that the program lacks', () => {
    const law = tableOf((row) => 200 + 0.1 * row.kv + row.requests, { noise: 0.02 });
    const [first] = evaluate(law, { ...line, stream: [] }, { objective: 'mape' }).residualCorrelations;
    expect(first?.feature).toBe('kv');
    expect(first?.r).toBeGreaterThan(0.5);
  });

  it('screens out what is so many times worse than a constant, and nothing better', () => {
    const poor = { program: programOf({}, 'batch.tokens ** 2'), stream: [] };
    const screened = (screenLimit: number) =>
      new ProgramEvaluator(table, { ...DEFAULT_EVALUATE_SETTINGS, screenLimit }).evaluate(poor);
    const rejected = screened(1e-9);
    if (rejected.status === 'ok') throw new Error('it was not screened out');
    const ratio = Number(/is ([\d.e+]+) times/.exec(rejected.detail)?.[1]);
    expect(ratio).toBeGreaterThan(3);
    expect(reasonOf(screened(0.99 * ratio))).toBe('screen');
    expect(reasonOf(screened(1.01 * ratio))).not.toBe('screen');
  });

  it('counts no batch that takes as long as a smaller one as one that is faster', () => {
    const flat = { program: programOf({ a: 1 }, 'c.a * Math.max(Math.min(batch.requests, 1), 1)'), stream: [] };
    expect(evaluate(table, flat).invariants.monotonicityViolations).toBe(0);
  });

  it('lets no validation row reject a program: what is no time counts as 0 µs there', () => {
    const law = tableOf((row) => 50 + 5 * row.requests);
    const requests = law.columns[1] as Float64Array;
    // Batches that no training row has, for which the fitted line falls below zero.
    for (const { rows } of law.experiments) requests.fill(-1000, rows.valid[0], rows.valid[0] + 5);
    const program = programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.requests');
    const { metrics, invariants } = evaluate(law, { program, stream: [] }, { objective: 'mape' });
    for (const { rows, mape } of metrics.valid) expect(mape).toBeCloseTo((100 * 5) / rows, 3);
    expect(invariants.nonPositive).toBeGreaterThan(0);
    expect(invariants.nonPositive).toBeLessThan(0.05);
  });

  it('depends on the stream only where starts are drawn', () => {
    const other = { ...line, stream: ['y'] };
    expect(evaluate(table, other)).toEqual(evaluate(table, line));
  });

  it.runIf(realData !== undefined)('finds the two regimes of the real scheduler call in each experiment', async () => {
    const dataset = await importDataset(join(realData as string, 'stepml'));
    const real = buildTable(dataset, { target: 'duration', splits: ['train', 'valid'] });
    const program = programOf(
      { threshold: 10_000, a: 1, b: 1, d: 1, e: 1 },
      'batch.kvTokens > c.threshold ? c.a + c.b * batch.decodeTokens : c.d + c.e * batch.decodeTokens',
    );
    const { fits, metrics } = evaluate(real, { program, stream: [] }, { scope: 'experiment', objective: 'mape' });
    for (const { constants } of fits) {
      expect(constants['threshold']).toBeGreaterThan(26_500);
      expect(constants['threshold']).toBeLessThan(29_000);
    }
    // One of the four slopes would be negative, which a time for each token is not.
    for (const { mape } of metrics.train) expect(mape).toBeLessThan(27);
  });
});
