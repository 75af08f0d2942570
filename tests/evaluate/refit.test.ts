import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { constantInfos, type Program } from '../../src/program/index.ts';
import { type Fit, RowSetFitter } from '../../src/evaluate/row-set-fitter.ts';
import { type GroupLayout, type Layout, layoutTable } from '../../src/evaluate/layout.ts';
import { groupData, LOSS_SCHEDULE, UNWEIGHTED } from '../../src/evaluate/loss.ts';
import { Model } from '../../src/kernel/model.ts';
import { ProgramEvaluator } from '../../src/evaluate/program-evaluator.ts';
import { GroupRefit } from '../../src/evaluate/refit.ts';
import { Sandbox } from '../../src/kernel/sandbox.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import { standardErrors } from '../../src/evaluate/standard-errors.ts';
import { findThresholds } from '../../src/evaluate/thresholds.ts';
import type { ObjectiveName } from '../../src/evaluate/types.ts';
import { programOf, type Row, type TableOptions, tableOf } from './tables.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.dispose();
});

/** One group, and a small subsample. */
const LAYOUT = { scope: 'global', sampleRows: 300, seed: 1 } as const;

function compile(program: Program, law: (row: Row) => number, options: TableOptions = {}) {
  const table = tableOf(law, { experiments: 2, rows: 400, ...options });
  const layout: Layout = layoutTable(table, LAYOUT, createRandom(LAYOUT.seed));
  const group = layout.groups[0] as GroupLayout;
  const data = groupData(layout, group);
  const rowSets = [data.sample, data.penalised, data.train, ...(data.middle === undefined ? [] : [data.middle])];
  const sandbox = new Sandbox(layout, rowSets, program.constants.length + 1, DEFAULT_EVALUATE_SETTINGS);
  sandboxes.push(sandbox);
  return { table, layout, model: new Model(program, sandbox), group, data };
}

/** The fit after all stages. */
function finished(refit: GroupRefit): Fit {
  refit.screen();
  refit.explore();
  refit.search();
  refit.widen();
  return refit.finish();
}

function fit(
  program: Program,
  law: (row: Row) => number,
  objective: ObjectiveName = 'mape',
  options: TableOptions = {},
) {
  const { model, data } = compile(program, law, options);
  const refit = new GroupRefit(model, data, { ...DEFAULT_EVALUATE_SETTINGS, objective }, createRandom(2));
  const { constants, cost } = finished(refit);
  const errors = standardErrors(new RowSetFitter(model, data.train, LOSS_SCHEDULE[objective]), constants);
  return {
    cost,
    constants: Object.fromEntries(model.names.map((name, i) => [name, constants[i] ?? Number.NaN])),
    errors: Object.fromEntries(model.names.map((name, i) => [name, errors[i] ?? null])),
  };
}

/** Greatest relative distance of the named constants from what they should be. */
function distance(actual: Readonly<Record<string, number>>, expected: Readonly<Record<string, number>>): number {
  return Math.max(...Object.entries(expected).map(([name, value]) => Math.abs((actual[name] ?? Infinity) / value - 1)));
}

function twoLines(row: Row): number {
  return row.kv > 8000 ? 900 + 5 * row.tokens : 100 + 2 * row.tokens;
}
function threeLevels(row: Row): number {
  return row.kv > 4000 ? (row.kv > 12_000 ? 900 : 400) : 100;
}
function powerOrLevel(row: Row): number {
  return row.requests > 40 ? 12 * row.tokens ** 0.8 : 150;
}
function twoPowers(row: Row): number {
  return 5 * row.tokens + 3 * row.kv ** 0.7;
}

describe.each(['e2e', 'mape'] as const)('refit by %s recovers', (objective) => {
  it('linear constants', () => {
    const program = programOf({ a: 1, b: 1, d: 1 }, 'c.a + c.b * batch.tokens + c.d * batch.requests');
    const { constants } = fit(program, (row) => 700 + 3 * row.tokens + 20 * row.requests, objective);
    expect(distance(constants, { a: 700, b: 3, d: 20 })).toBeLessThan(1e-6);
  });

  it('linear constants through outliers', () => {
    const program = programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens');
    const { constants } = fit(program, (row) => (700 + 3 * row.tokens) * (row.kv % 10 === 0 ? 4 : 1), objective);
    expect(distance(constants, { a: 700, b: 3 })).toBeLessThan(objective === 'e2e' ? 0.2 : 0.1);
  });

  it('smooth constants, from starts that are far off', () => {
    const program = programOf({ a: 10, g: 1, p: 1 }, 'c.a + c.g * Math.pow(batch.tokens, c.p)');
    const { constants } = fit(program, (row) => 400 + 30 * row.tokens ** 0.6, objective);
    expect(distance(constants, { a: 400, g: 30, p: 0.6 })).toBeLessThan(1e-3);
  });

  it('the slopes of a maximum, whatever the scale of the starts', () => {
    const program = programOf({ x: 1000, y: 2000, o: 1 }, 'Math.max(c.x * batch.tokens, c.y * batch.kv) + c.o');
    const { constants } = fit(program, (row) => Math.max(9 * row.tokens, 0.1 * row.kv) + 50, objective);
    expect(distance(constants, { x: 9, y: 0.1, o: 50 })).toBeLessThan(1e-3);
  });

  it('a threshold with different lines on both sides', () => {
    const program = programOf(
      { t: 1, a: 1, b: 1, d: 1, e: 1 },
      'batch.kv > c.t ? c.a + c.b * batch.tokens : c.d + c.e * batch.tokens',
    );
    const { constants } = fit(program, twoLines, objective, { noise: 0.05 });
    expect(distance(constants, { t: 8000, a: 900, b: 5, d: 100, e: 2 })).toBeLessThan(0.15);
  });

  it('two thresholds of one quantity', () => {
    const program = programOf({ t: 1, u: 1, a: 1, b: 1, d: 1 }, 'batch.kv > c.t ? (batch.kv > c.u ? c.a : c.b) : c.d');
    const { constants } = fit(program, threeLevels, objective, { noise: 0.2 });
    expect(distance(constants, { t: 4000, u: 12_000 })).toBeLessThan(0.05);
    expect(distance(constants, { a: 900, b: 400, d: 100 })).toBeLessThan(0.1);
  });

  it('a threshold together with smooth constants', () => {
    const program = programOf(
      { t: 1, a: 1, p: 1, b: 1 },
      'batch.requests > c.t ? c.a * Math.pow(batch.tokens, c.p) : c.b',
    );
    const { constants } = fit(program, powerOrLevel, objective, { noise: 0.05 });
    expect(constants['t']).toBeGreaterThan(38);
    expect(constants['t']).toBeLessThan(43);
    expect(distance(constants, { p: 0.8, b: 150 })).toBeLessThan(0.1);
  });
});

describe('refit', () => {
  it('keeps constants that the data cannot identify finite, and names them', () => {
    const program = programOf({ a: 1, b: 1, d: 1 }, '(c.a + c.b) * batch.tokens + c.d');
    const { constants, errors } = fit(program, (row) => 300 + 6 * row.tokens, 'mape', { noise: 0.1 });
    expect((constants['a'] ?? 0) + (constants['b'] ?? 0)).toBeCloseTo(6, 0);
    expect(Math.max(...Object.values(constants).map(Math.abs))).toBeLessThan(1000);
    expect([errors['a'], errors['b']]).toEqual([null, null]);
    expect(errors['d']).toBeGreaterThan(0);
  });

  it('gives no standard error to a threshold', () => {
    const program = programOf({ t: 1, a: 1, b: 1 }, 'batch.kv > c.t ? c.a : c.b');
    const { errors } = fit(program, (row) => (row.kv > 8000 ? 900 : 100), 'mape', { noise: 0.1 });
    expect(errors['t']).toBeNull();
    expect(errors['a']).toBeGreaterThan(0);
  });

  it('has the standard errors of a textbook regression where every row counts the same', () => {
    const rows = 12;
    const noisy = { rows, experiments: 1, noise: 0.2 };
    const law = (row: Row): number => 500 + 3 * row.tokens;
    const errorsOf = (program: Program): readonly (number | null)[] => {
      const { model, data } = compile(program, law, noisy);
      const fitter = new RowSetFitter(model, data.train, [UNWEIGHTED]);
      return standardErrors(fitter, fitter.project(model.start, { warm: 0, final: 2, tolerance: 0 }).constants);
    };
    // Relative residuals: a·(1/y) + b·(tokens/y) is to be 1. The variance of the residuals has two degrees less than rows.
    const { y, columns } = tableOf(law, noisy);
    const [u, v] = [(i: number) => 1 / y[i]!, (i: number) => columns[0]![i]! / y[i]!];
    const sum = (of: (i: number) => number): number =>
      Array.from({ length: rows }, (_, i) => of(i)).reduce((a, b) => a + b);
    const [uu, uv, vv] = [sum((i) => u(i) ** 2), sum((i) => u(i) * v(i)), sum((i) => v(i) ** 2)];
    const determinant = uu * vv - uv ** 2;
    const a = (vv * sum(u) - uv * sum(v)) / determinant;
    const b = (uu * sum(v) - uv * sum(u)) / determinant;
    const variance = sum((i) => (a * u(i) + b * v(i) - 1) ** 2) / (rows - 2);
    const expected = [Math.sqrt((variance * vv) / determinant), Math.sqrt((variance * uu) / determinant)];

    const [ofA, ofB] = errorsOf(programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens'));
    expect(ofA! / expected[0]!).toBeCloseTo(1, 9);
    expect(ofB! / expected[1]!).toBeCloseTo(1, 9);
    // A constant that the data cannot tell from another one takes no degree of freedom.
    const three = errorsOf(programOf({ a: 1, b: 1, d: 1 }, 'c.a + (c.b + c.d) * batch.tokens'));
    expect(three[0]! / expected[0]!).toBeCloseTo(1, 6);
    expect(three.slice(1)).toEqual([null, null]);
  });

  it('has standard errors of the size of the scatter over repeated data', () => {
    const program = programOf({ a: 1, b: 1 }, 'c.a + c.b * batch.tokens');
    const fits = Array.from({ length: 30 }, (_, seed) =>
      fit(program, (row) => 500 + 3 * row.tokens, 'e2e', { noise: 0.05, seed: seed + 10, rows: 100 }),
    );
    const slopes = fits.map(({ constants }) => constants['b'] ?? 0);
    const mean = slopes.reduce((a, b) => a + b) / slopes.length;
    const scatter = Math.sqrt(slopes.reduce((sum, b) => sum + (b - mean) ** 2, 0) / (slopes.length - 1));
    const stated = fits.reduce((sum, { errors }) => sum + (errors['b'] ?? 0), 0) / fits.length;
    expect(stated / scatter).toBeGreaterThan(0.6);
    expect(stated / scatter).toBeLessThan(1.6);
  });

  it('recovers constants through the middle subsample where there are many rows', () => {
    const law = (row: Row): number => (row.kv > 20_000 ? 2 * row.tokens + 300 : 5 * row.tokens + 40);
    const program = programOf(
      { t: 100, a: 1, b: 1, d: 1, e: 1 },
      'batch.kv > c.t ? c.a * batch.tokens + c.b : c.d * batch.tokens + c.e',
    );
    const { model, data } = compile(program, law, { rows: 24_000, noise: 0.02 });
    expect(data.middle?.length).toBe(8000);
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, objective: 'mape' as const };
    const refit = new GroupRefit(model, data, settings, createRandom(1));
    const [, a, b, d, e] = finished(refit).constants;
    for (const [value, truth] of [
      [a, 2],
      [b, 300],
      [d, 5],
      [e, 40],
    ] as const) {
      expect(Math.abs((value as number) / truth - 1)).toBeLessThan(0.02);
    }
  });

  it('goes through all its stages when a program is evaluated, more rows before all rows among them', () => {
    const program = programOf({ t: 1, u: 1, a: 1, b: 1, d: 1 }, 'batch.kv > c.t ? (batch.kv > c.u ? c.a : c.b) : c.d');
    const { model, data, table } = compile(program, threeLevels, { rows: 8400, noise: 0.3 });
    expect(data.middle?.length).toBe(8000);
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, ...LAYOUT, objective: 'mape' as const };
    const random = createRandom(settings.seed).split('candidate', 'refit', 'all');
    const infos = constantInfos(program, table.features);
    const staged = (): GroupRefit => new GroupRefit(model, data, settings, random, { infos });
    const evaluation = new ProgramEvaluator(table, settings).evaluate({ program, stream: [] });
    if (evaluation.status !== 'ok') throw new Error(evaluation.detail);
    expect(Object.values(evaluation.fits[0]?.constants ?? {})).toEqual([...finished(staged()).constants]);
    // Without the middle subsample the same fit ends elsewhere.
    const short = staged();
    short.screen();
    short.explore();
    short.search();
    expect(short.finish().constants).not.toEqual(finished(staged()).constants);
  });

  it('gives the same bits for the same stream', () => {
    const program = programOf({ a: 3, p: 2, q: 0.5 }, 'Math.pow(batch.tokens, c.p) + c.a * Math.pow(batch.kv, c.q)');
    expect(fit(program, twoPowers)).toEqual(fit(program, twoPowers));
  });

  it.each([
    ['linear', { a: 1, b: 1 }, 'c.a + c.b * batch.tokens', twoPowers],
    ['smooth', { a: 3, p: 2, q: 0.5 }, 'Math.pow(batch.tokens, c.p) + c.a * Math.pow(batch.kv, c.q)', twoPowers],
    [
      'thresholds',
      { t: 100, a: 1, b: 2 },
      'batch.kv > c.t ? c.a * (batch.tokens + 50) : c.b + batch.requests',
      (row: Row): number => (row.kv > 20_000 ? 3 * (row.tokens + 50) : 400 + row.requests),
    ],
  ])('goes on from an earlier fit until it converges: %s', (_, starts, text, law) => {
    const { model, data } = compile(programOf(starts, text), law, { noise: 0.1 });
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, objective: 'mape' as const };
    const from = (earlier?: Float64Array) =>
      finished(new GroupRefit(model, data, settings, createRandom(2), { earlier }));
    const usual = from();
    const far = usual.constants.map((value) => 2 * value);
    const start = new RowSetFitter(model, data.penalised, LOSS_SCHEDULE.mape).cost(far);
    expect(start).toBeGreaterThan(1.02 * usual.cost);
    const converged = from(far);
    expect(converged.cost).toBeLessThan(usual.cost * (1 + 1e-9));
    expect(from(converged.constants).cost / converged.cost).toBeCloseTo(1, 6);
  });

  it('keeps predictions positive where a few rare rows would pay for the others', () => {
    const program = programOf({ a: 1, b: 1, d: 1 }, 'c.a + c.b * batch.requests + c.d * batch.tokens');
    const { model, group, data } = compile(program, (row) => 20 + 0.02 * row.requests ** 3, { noise: 0.1 });
    const settings = { ...DEFAULT_EVALUATE_SETTINGS, objective: 'mape' as const };
    const refit = new GroupRefit(model, data, settings, createRandom(1));
    const p = model.predict(finished(refit).constants, group.train.rows).slice(...group.train.rows);
    expect(Math.min(...p)).toBeGreaterThan(0);
  });
});

describe('findThresholds', () => {
  it.each([
    ['batch.kv > c.t', (row: Row): number => row.kv],
    ['c.t * batch.tokens <= batch.kv', (row: Row): number => row.kv / row.tokens],
    ['batch.requests + c.t < 7', (row: Row): number => 7 - row.requests],
  ])('solves %s for its constant on every row', (condition, tipping) => {
    const program = programOf({ t: 3, a: 1, b: 2 }, `${condition} ? c.a : c.b * batch.tokens`);
    const { layout, model, group } = compile(program, (row) => 5 + row.tokens);
    const [threshold] = findThresholds(model, group.train.rows);
    expect(model.names[threshold?.index ?? -1]).toBe('t');
    const [start, end] = group.train.rows;
    const expected = Array.from({ length: end - start }, (_, i) => {
      const [tokens = 0, requests = 0, kv = 0] = layout.columns.map((column) => column[start + i]);
      return tipping({ tokens, requests, kv });
    }).sort((a, b) => a - b);
    for (const [i, value] of expected.entries()) expect(threshold?.tippingPoints[i]).toBeCloseTo(value, 9);
  });

  it('finds none where the constant bends the comparison', () => {
    const program = programOf({ t: 3, a: 1, b: 2 }, 'batch.kv ** c.t > 50 ? c.a : c.b * batch.tokens');
    const { model, group } = compile(program, (row) => 5 + row.tokens);
    expect(findThresholds(model, group.train.rows)).toEqual([]);
  });
});
