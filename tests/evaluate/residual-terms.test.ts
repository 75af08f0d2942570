import { describe, expect, it } from 'vitest';
import { termLibrary } from '../../src/evaluate/residual-terms/library.ts';
import { dot, orthonormal, scoreColumns, takeOut } from '../../src/evaluate/residual-terms/projection.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/index.ts';
import { createRandom, solveSymmetric } from '../../src/numeric/index.ts';
import { programOf, type Row, tableOf } from './tables.ts';

const LINE = programOf({ base: 100, perToken: 1 }, 'c.base + c.perToken * batch.tokens');

function missingOf(law: (row: Row) => number): NonNullable<ReturnType<typeof evaluated>['residualTerms']> {
  return evaluated(law).residualTerms ?? [];
}

function evaluated(law: (row: Row) => number) {
  const evaluator = new ProgramEvaluator(tableOf(law, { noise: 0.01 }), DEFAULT_EVALUATE_SETTINGS);
  const evaluation = evaluator.evaluate({ program: LINE, stream: [] });
  evaluator.dispose();
  if (evaluation.status !== 'ok') throw new Error(evaluation.detail);
  expect(evaluator.scoredTerms).toBeGreaterThan(20);
  return evaluation;
}

describe('terms that a program lacks', () => {
  it.each<[string, (row: Row) => number, { term: RegExp; place: 'sum' | 'factor' }, number]>([
    ['a feature', (r) => 200 + r.tokens + 0.1 * r.kv, { term: /^kv$/, place: 'sum' }, 0.1],
    ['a feature taken off', (r) => 300 + 100 * r.tokens - 0.1 * r.kv, { term: /^kv$/, place: 'sum' }, -0.1],
    [
      'an effect in proportion',
      (r) => (200 + r.tokens) * (1 + 0.05 * r.requests),
      { term: /^requests$/, place: 'factor' },
      0.05,
    ],
    [
      'a product',
      (r) => 200 + r.tokens + 0.001 * r.requests * r.kv,
      { term: /^requests \* kv$|^kv \* requests$/, place: 'sum' },
      0.001,
    ],
  ])('are found: %s', (_, law, wanted, coefficient) => {
    const missing = missingOf(law);
    const found = missing.find(({ term, place }) => wanted.term.test(term) && place === wanted.place);
    expect(found?.gain).toBeGreaterThan(0.7 * missing[0]!.gain);
    // Where it is a factor, what it is a factor of is smaller without it.
    expect(found!.coefficient / coefficient).toBeGreaterThan(0.2);
    expect(found!.coefficient / coefficient).toBeLessThan(1.5);
    expect(missing[0]!.gain).toBeGreaterThan(0.7);
    expect(missing.length).toBeLessThanOrEqual(10);
    expect(JSON.stringify(missing).length).toBeLessThan(1024);
  });

  it('are none where the program is exact', () => {
    const evaluator = new ProgramEvaluator(
      tableOf((r) => 200 + r.tokens),
      DEFAULT_EVALUATE_SETTINGS,
    );
    const evaluation = evaluator.evaluate({ program: LINE, stream: [] });
    evaluator.dispose();
    expect(evaluation).toMatchObject({ status: 'ok', residualTerms: [] });
  });
});

it('a score is what the normal equations with one column more give', () => {
  const random = createRandom(3);
  const drawn = (): Float64Array => Float64Array.from({ length: 30 }, () => random.normal());
  const columns = Array.from({ length: 6 }, drawn);
  const [scale, y, added] = [drawn().map(Math.abs), drawn(), drawn()];
  const scaled = added.map((value, i) => value * scale[i]!);
  const squaresLeft = (all: readonly Float64Array[]): readonly [number, number] => {
    const matrix = Float64Array.from(all.flatMap((a) => all.map((b) => dot(a, b))));
    const { x } = solveSymmetric(
      matrix,
      Float64Array.from(all, (column) => dot(column, y)),
      all.length,
    );
    const rest = y.map((value, i) => value - all.reduce((sum, column, k) => sum + x[k]! * column[i]!, 0));
    return [dot(rest, rest), x.at(-1)!];
  };
  const basis = orthonormal(columns.map((column) => column.slice()));
  const residual = y.slice();
  for (const unit of basis) takeOut(residual, unit);
  const [score] = scoreColumns([added], { basis, residual }, scale);
  const [before] = squaresLeft(columns);
  const [after, coefficient] = squaresLeft([...columns, scaled]);
  expect(score!.gain).toBeCloseTo(before - after, 10);
  expect(score!.coefficient).toBeCloseTo(coefficient, 10);
  expect(scoreColumns([columns[0]!], { basis, residual }, new Float64Array(30).fill(1))[0]!.gain).toBe(0);
});

it('a library takes its sizes from the quantiles of the rows, and squares no time', () => {
  const feature = (name: string, unit: string, isCount: boolean) => {
    const quantiles = [0, 0, 0, 10, 20, 40, 80, 100, 200, 300, 400];
    return { name, unit, meaning: name, range: [0, 1000] as const, isCount, quantiles };
  };
  const features = [
    feature('tokens', 'tokens', true),
    feature('readUs', 'µs', false),
    feature('layers', 'layers', true),
  ];
  const texts = termLibrary(features, new Set(['tokens', 'readUs'])).map(({ text }) => text);
  expect(texts).toEqual(
    expect.arrayContaining([
      'tokens',
      'tokens * readUs',
      'Math.log1p(tokens / 100)',
      'tokens > 300 ? 1 : 0',
      'Math.ceil(tokens / 64)',
      'readUs / Math.max(tokens, 1)',
    ]),
  );
  expect(texts).not.toContain('readUs * readUs');
  expect(texts.filter((text) => text.includes('layers') || text.includes(' / 0'))).toEqual([]);
});
