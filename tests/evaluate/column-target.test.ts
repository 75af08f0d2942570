import { describe, expect, it } from 'vitest';
import { tableOf } from '../../src/data/index.ts';
import { DEFAULT_EVALUATE_SETTINGS, type ObjectiveName } from '../../src/evaluate/index.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { type Program, parseProgram } from '../../src/program/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { columnSeeds } from '../../src/search/index.ts';

const ROWS = 100;
const random = createRandom('columns');
const x = Array.from({ length: ROWS }, () => 8 * random.uniform() - 4);
const z = Array.from({ length: ROWS }, () => 1 + random.uniform());
const WEIGHTED = Array.from({ length: ROWS }, (_, row) => (row % 4 === 0 ? 0 : 1));

function programOf(value: string): Program {
  const parsed = parseProgram(
    `export const constants = { a: 1, b: 1 };\nexport function predictStepTime(batch, c) { return ${value}; }`,
  );
  if (!parsed.ok) throw new Error('not a program');
  return parsed.program;
}

function evaluated(
  y: readonly number[],
  source: string | Program,
  objective: ObjectiveName,
  weights?: number[],
  at: number[] = x,
) {
  const columns = { x, z, at, y, ...(weights && { w: weights }) };
  const table = tableOf(columns, 'y', weights ? { weights: 'w' } : {});
  const evaluator = new ProgramEvaluator(table, { ...DEFAULT_EVALUATE_SETTINGS, objective, scope: 'global' });
  const program = typeof source === 'string' ? programOf(source) : source;
  const evaluation = evaluator.evaluate({ program, stream: ['one'] });
  evaluator.dispose();
  if (evaluation.status !== 'ok') throw new Error(evaluation.detail);
  return evaluation;
}

describe('a target that may be negative', () => {
  it('is found without error, zero among its values, where the program is the law', () => {
    const law = (value: number): number => -2 * value * value + 8;
    // Its zeros are at 2 and −2.
    const y = x.map((value, row) => law(row < 3 ? 2 : value));
    const { error, fits, metrics, invariants } = evaluated(
      y,
      'c.a * batch.at * batch.at + c.b',
      'mse',
      undefined,
      x.map((value, row) => (row < 3 ? 2 : value)),
    );
    expect(y.filter((value) => value === 0).length).toBe(3);
    expect(error).toBeLessThan(1e-9);
    expect(fits[0]!.constants).toMatchObject({ a: expect.closeTo(-2, 9), b: expect.closeTo(8, 9) });
    expect(metrics.valid[0]!.r2).toBeCloseTo(1, 12);
    expect(invariants).toMatchObject({ nonPositive: 0, monotonicityViolations: 0 });
  });

  it('has the error of ordinary least squares, in percent of the standard deviation', () => {
    const y = x.map((value, row) => 3 * value - 1 + Math.sin(7 * row));
    const { error, metrics } = evaluated(y, 'c.a * batch.x + c.b', 'mse');
    expect(error).toBeCloseTo(metrics.train[0]!.rmse!, 9);
    expect(error).toBeCloseTo(100 * Math.sqrt(1 - metrics.train[0]!.r2!), 6);
    // The mean is what a constant comes to.
    expect(evaluated(y, 'c.a', 'mse').error).toBeCloseTo(100, 6);
  });

  it('is fitted by relative errors where it is negative throughout', () => {
    const y = z.map((value, row) => -4 * value * (1 + 0.01 * Math.sin(row)));
    const { error, fits } = evaluated(y, 'c.a * batch.z', 'mape');
    expect(fits[0]!.constants['a']).toBeCloseTo(-4, 1);
    expect(error).toBeLessThan(1);
  });

  it('is fitted to the rows that weigh something', () => {
    const y = x.map((value, row) => (WEIGHTED[row] === 0 ? 1000 : 2 * value));
    const { error, fits } = evaluated(y, 'c.a * batch.x', 'mse', WEIGHTED);
    expect(error).toBeLessThan(1e-9);
    expect(fits[0]!.constants['a']).toBeCloseTo(2, 9);
  });

  it('starts from a constant, a line and a linear form', () => {
    const y = x.map((value, row) => 3 * value - z[row]!);
    const seeds = columnSeeds(tableOf({ x, z, y }, 'y'));
    expect(seeds.map(({ name }) => name)).toEqual(['constant', 'line', 'linear']);
    const errors = [];
    for (const { source } of seeds) {
      const parsed = parseProgram(source);
      if (!parsed.ok) throw new Error(source);
      errors.push(evaluated(y, parsed.program, 'mse').error);
    }
    expect(errors[0]).toBeCloseTo(100, 6);
    expect(errors[1]).toBeLessThan(20);
    expect(errors[2]).toBeLessThan(1e-9);
  });

  it.each<[string, string, (a: number, b: number) => number]>([
    ['quotients and squares', 'c.factor * batch.a / (batch.b * batch.b)', (a, b) => (3 * a) / (b * b)],
    ['of a negative target', 'c.factor * batch.a * Math.sqrt(batch.a) * batch.b', (a, b) => -a * Math.sqrt(a) * b],
    ['of a negative column', 'c.factor * batch.a * Math.sqrt((-batch.n))', (a, b) => 2 * a * Math.sqrt(b + 7)],
    ['thirds', 'c.factor * Math.cbrt(batch.a * batch.a) / batch.b', (a, b) => Math.cbrt(a * a) / b],
    ['what is no such share', 'c.factor * batch.a ** c.aExponent', (a) => a ** 1.41],
  ])('starts from a product of powers: %s', (_, text, law) => {
    const [a, b] = [x.map((value) => value + 11), z.map((value) => Math.abs(value) + 1)];
    const y = a.map((value, row) => law(value, b[row]!));
    const product = columnSeeds(tableOf({ a, b, n: b.map((value) => -value - 7), y }, 'y')).at(-1)!;
    expect(product.source).toContain(text);
    const parsed = parseProgram(product.source);
    if (!parsed.ok) throw new Error(product.source);
  });

  it('lacks the product that a linear step tells', () => {
    const y = x.map((value, row) => 2 * value - 9 + 3 * value * value * z[row]!);
    const terms = evaluated(y, 'c.a * batch.x + c.b', 'mse').residualTerms!;
    expect(terms).toContainEqual({ term: 'x * x * z', place: 'sum', coefficient: 3, gain: 1 });
  });

  it('has no product to start from where it has both signs', () => {
    const y = x.map((value, row) => value - x[row]! + (row % 2 === 0 ? 1 : -1) * (1 + row));
    expect(columnSeeds(tableOf({ x, z, y }, 'y')).map(({ name }) => name)).not.toContain('product');
  });
});
