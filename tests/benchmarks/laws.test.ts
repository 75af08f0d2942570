import { describe, expect, it } from 'vitest';
import { FEYNMAN } from '../../benchmarks/laws/feynman.ts';
import { figuresOf } from '../../benchmarks/laws/figures.ts';
import { drawRows } from '../../benchmarks/laws/formula-rows.ts';
import { judge } from '../../benchmarks/laws/judge.ts';
import { NGUYEN } from '../../benchmarks/laws/nguyen.ts';
import { jobsOf, readOptions } from '../../benchmarks/laws/options.ts';
import type { Row } from '../../benchmarks/laws/outcome.ts';
import { plainTable } from '../../benchmarks/laws/plain-table.ts';
import { searchTable } from '../../benchmarks/laws/search-table.ts';
import { problemOf } from '../../benchmarks/laws/problem.ts';

const FORMULAS = [...FEYNMAN, ...NGUYEN];

describe('the catalogue of formulas', () => {
  it('has 40 of the Feynman database with at most five variables, and Nguyen 1 to 12', () => {
    expect(FEYNMAN).toHaveLength(40);
    expect(NGUYEN).toHaveLength(12);
    expect(new Set(FORMULAS.map(({ id }) => id)).size).toBe(52);
    expect(Math.max(...FORMULAS.map(({ ranges }) => Object.keys(ranges).length))).toBe(5);
  });

  // Worked out by hand from the published formulas.
  it.each([
    ['I.6.2b', [2, 3, 1], 0.120_985],
    ['I.8.14', [1, 4, 1, 5], 5],
    ['I.12.2', [2, 3, 1, 1], 0.477_465],
    ['I.13.12', [2, 3, 4, 2, 1], 1.5],
    ['I.15.3t', [5, 5, 1.5, 2], 1.782_084],
    ['I.16.6', [2, 1, 1], 1.6],
    ['I.24.6', [2, 1, 3, 2], 20],
    ['I.34.14', [5, 1, 2], 2.449_49],
    ['I.38.12', [1, 2, 2 * Math.PI, 1], Math.PI],
    ['I.41.16', [1, 1, 2 * Math.PI, 1, 1], 0.058_967],
    ['Nguyen-4', [0.5], 0.984_375],
    ['Nguyen-12', [0.5, 0.5], -0.4375],
  ])('%s of %j is %f', (id, variables, value) => {
    expect(FORMULAS.find((formula) => formula.id === id)!.value(...variables)).toBeCloseTo(value, 5);
  });

  it('gives the same rows for the same seed: finite, within the ranges, noise on training rows alone', () => {
    for (const formula of FORMULAS) {
      const { train, test, wide } = drawRows(formula, { noise: 0.01, seed: 3 });
      for (const { columns, y } of [train, test, wide]) {
        expect(columns.flatMap((column) => [...column]).every(Number.isFinite) && y.every(Number.isFinite)).toBe(true);
      }
      const [first] = Object.values(formula.ranges);
      expect(test.columns[0]!.every((value) => value >= first![0] && value <= first![1])).toBe(true);
      const at = (row: number): number => formula.value(...train.columns.map((column) => column[row]!));
      expect(train.y.some((value, row) => value !== at(row))).toBe(true);
      expect(test.y[7]).toBe(formula.value(...test.columns.map((column) => column[7]!)));
    }
    expect(drawRows(FEYNMAN[0]!, { noise: 0, seed: 3 })).toEqual(drawRows(FEYNMAN[0]!, { noise: 0, seed: 3 }));
  });
});

describe('the judge', () => {
  const y = Float64Array.from({ length: 50 }, (_, row) => 1 + row);
  const of = (change: (value: number, row: number) => number) => ({ predicted: y.map(change), y });
  it.each([
    ['the law', (v: number) => v, true, 1],
    ['the law and a constant', (v: number) => v + 3, true, 0.9568],
    ['the law times a constant', (v: number) => 1.01 * v, true, 0.9996],
    ['a line that is not the law', (v: number) => 1.01 * v + 0.1, false, 0.9992],
    ['no number somewhere', (v: number, row: number) => (row === 7 ? Number.NaN : v), false, Number.NEGATIVE_INFINITY],
  ])('judges %s', (_, change, isExact, r2) => {
    const verdict = judge(
      of(change),
      of((v) => change(v, 0)),
    );
    expect(verdict.isExact).toBe(isExact);
    if (Number.isFinite(r2)) expect(verdict.r2).toBeCloseTo(r2, 3);
    else expect(verdict.r2).toBe(r2);
  });

  it('tells an approximation by the wider rows', () => {
    expect(
      judge(
        of((v) => v),
        of((v) => v + v * v),
      ).isExact,
    ).toBe(false);
  });
});

describe('the plan', () => {
  it('is one seed without noise for formulas, more with --full; --only and --seconds narrow it', () => {
    expect(jobsOf(readOptions([]), ['evolve'])).toHaveLength(52);
    expect(jobsOf(readOptions(['--only', 'serving']), ['evolve'])).toHaveLength(36);
    expect(jobsOf(readOptions(['--full']), ['evolve'])).toHaveLength(10 * 52 + 36);
    const [job, ...others] = jobsOf(readOptions(['--only', 'I.12.1', '--seconds', '3', '--python', 'py']), ['evolve']);
    expect(job).toEqual({
      searcher: 'evolve',
      collection: 'Feynman',
      law: 'I.12.1',
      noise: 0,
      seed: 1,
      seconds: 3,
      python: 'py',
    });
    expect(others).toEqual([]);
    expect(() => readOptions(['--only', 'I.1'])).toThrow('no law I.1;');
  });

  it('counts a search that failed as one that found nothing', () => {
    const job = jobsOf(readOptions(['--only', 'I.12.1']), ['evolve'])[0]!;
    const outcome = { r2: 1, isExact: true, candidates: 10, cpuSeconds: 2, formula: 'mu * Nn' };
    const rows: readonly Row[] = [
      { ...job, outcome },
      { ...job, failure: 'SIGKILL' },
    ];
    expect(figuresOf(rows)).toEqual([
      { figure: 'evolve, Feynman, noise 0 %: R² > 0.999, of 2', value: 1, target: '≥ 2', ok: false },
      { figure: 'evolve, Feynman, noise 0 %: exact, of 2', value: 1, target: '≥ 1', ok: true },
      { figure: 'evolve, candidates per CPU-s, median', value: 5, target: '', ok: null },
      { figure: 'the same / operon', value: null, target: '≥ 0.5', ok: null },
    ]);
  });
});

describe('a search of a table', () => {
  it('has targets of any sign, a quarter of the rows to validate, and none to test', () => {
    const x = Float64Array.from({ length: 100 }, (_, row) => row - 50);
    const { y, experiments } = plainTable(['x'], { columns: [x], y: x.map((value) => 2 * value) });
    expect(Math.min(...y)).toBe(-100);
    expect(experiments.map(({ rows }) => rows)).toEqual([{ train: [0, 75], valid: [75, 100], test: [100, 100] }]);
  });

  it('ends early where the law is found', async () => {
    const problem = await problemOf({ collection: 'serving', law: 'linear', noise: 0, seed: 1 });
    const { pick, candidates, fitted, drafts } = await searchTable(problem, 60, 1);
    expect(pick.evaluation.validationError).toBeLessThan(1e-6);
    expect(fitted).toBeLessThan(1000);
    expect(drafts).toBeGreaterThan(0);
    expect(candidates).toBeGreaterThan(fitted + drafts);
  });
});
