import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { constantInfos, type Program } from '../../src/program/index.ts';
import { constantPriors, withPrior } from '../../src/evaluate/priors/prior.ts';
import { readPriors } from '../../src/evaluate/priors/read.ts';
import { DEFAULT_PRIORS, NO_PRIORS, type PriorTable, unitKey, withPriors } from '../../src/evaluate/priors/table.ts';
import type { Sandbox } from '../../src/kernel/sandbox.ts';
import { programOf, type Row, type TableOptions, tableOf } from './tables.ts';
import { wholeFit } from './whole-fit.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.dispose();
});

interface Options extends TableOptions {
  readonly priors?: PriorTable;
  readonly objective?: 'e2e' | 'mape';
}

function fit(program: Program, law: (row: Row) => number, { priors, objective, ...options }: Options = {}) {
  const table = tableOf(law, { experiments: 1, rows: 300, ...options });
  const changes = { ...(priors && { priors }), ...(objective && { objective }) };
  const whole = wholeFit(program, table, constantInfos(program, table.features), changes);
  sandboxes.push(whole.model.sandbox);
  return whole.named(whole.fit.constants);
}

/** What no row tells: a branch that is never taken, linear in its constant and not. */
const HIDDEN = [
  'batch.requests < 0 ? c.r * batch.requests : c.a + c.b * batch.tokens',
  'batch.requests < 0 ? Math.hypot(c.r * batch.requests, 1) : c.a + c.b * batch.tokens',
] as const;
function line({ tokens }: Row): number {
  return 5000 + 3 * tokens;
}

describe.each(['e2e', 'mape'] as const)('priors in a fit by %s', (objective) => {
  it.each([0, 0.05])('decide where no row does, noise %d', (noise) => {
    for (const [k, start] of [-1, 1e-9, 300, 9e4].entries()) {
      const program = programOf({ r: start, a: 1, b: 1 }, HIDDEN[k % 2]!);
      const { a, b, r } = fit(program, line, { noise, objective });
      expect(r! / 20).toBeCloseTo(1, 1);
      expect(a! / 5000).toBeCloseTo(1, 1);
      expect(b! / 3).toBeCloseTo(1, 1);
    }
  });

  it('divide among constants that act as one what the rows say of them together', () => {
    const program = programOf({ a: 9e5, b: -3, d: 1 }, '(c.a + c.b) * batch.tokens + c.d');
    const { a, b } = fit(program, line, { noise: 0.02, objective });
    expect((a! + b!) / 3).toBeCloseTo(1, 1);
    expect(a! / b!).toBeCloseTo(1, 1);
  });

  it('leave what the rows tell: by less than a thousandth', () => {
    const program = programOf({ a: 1, b: 1, d: 1 }, 'c.a + c.b * batch.tokens + c.d * batch.kv');
    const law = ({ tokens, kv }: Row): number => 1000 + 4 * tokens + 0.1 * kv;
    const options = { noise: 0.03, objective, rows: 1000 };
    const [without, fitted] = [fit(program, law, { ...options, priors: NO_PRIORS }), fit(program, law, options)];
    for (const name of ['a', 'b', 'd']) {
      expect(fitted[name]).not.toBe(without[name]);
      expect(Math.abs(fitted[name]! / without[name]! - 1)).toBeLessThan(1e-3);
    }
  });

  it('leave exact rows alone', () => {
    const program = programOf({ a: 1, b: 1, d: 1, p: 1 }, 'c.a + c.b * batch.tokens ** c.p + c.d * batch.requests');
    const { a, b, d, p } = fit(program, (row) => 300 + 30 * row.tokens ** 0.6 + 5 * row.requests, { objective });
    for (const [value, truth] of [
      [a, 300],
      [b, 30],
      [d, 5],
      [p, 0.6],
    ] as const) {
      expect(Math.abs(value! / truth - 1)).toBeLessThan(1e-8);
    }
  });
});

describe('a prior', () => {
  const priors = { median: Float64Array.of(20, Number.NaN), sigma: Float64Array.of(0.5, Number.NaN) };
  const none = { cost: 1, jtj: new Float64Array(4), jtr: new Float64Array(2) };
  const at = (value: number) => withPrior(none, Float64Array.of(value, 7), [0, 1], { priors, weight: 0.1 });

  it('costs what a log-normal one does, and says its slope', () => {
    expect(at(20).cost).toBe(1);
    expect(at(20 * Math.E).cost).toBeCloseTo(1 + (0.1 * 0.5) / 0.5 ** 2, 3);
    for (const value of [0, 1e-3, 5, 19, 21, 400, 1e6]) {
      const step = 1e-5 * (value + 1e-3);
      const slope = (at(value + step).cost - at(value).cost) / step;
      expect(at(value).jtr[0]! / slope).toBeCloseTo(1, 3);
      expect(at(value).jtj[0]).toBeGreaterThan(0);
    }
    expect([...at(3).jtj.slice(1), at(3).jtr[1]]).toEqual([0, 0, 0, 0]);
  });

  it('has a curvature whose steps never go past it', () => {
    for (const start of [0, 1e-4, 3, 19, 30, 1e5]) {
      let value = start;
      for (let step = 0; step < 25; step++) {
        const { jtj, jtr, cost } = at(value);
        const next = value - jtr[0]! / jtj[0]!;
        expect(at(next).cost).toBeLessThanOrEqual(cost);
        value = next;
      }
      expect(value / 20).toBeCloseTo(1, 6);
    }
  });

  it('is looked up by name, then by unit where the role allows', () => {
    const program = programOf(
      { o: 1, r: 1, f: 1, p: 1, q: 1 },
      'c.o + c.r * batch.tokens + c.f * batch.requests ** c.p + c.q * batch.tokens * batch.kv',
    );
    const { features } = tableOf(line);
    const table = withPriors(DEFAULT_PRIORS, {
      units: { 'us / tokens': { median: 7, sigma: 1 } },
      constants: { p: { median: 0.9, sigma: 0.1 } },
    });
    const names = program.constants.map(({ name }) => name);
    const { median } = constantPriors(names, constantInfos(program, features), table);
    expect([...median]).toEqual([2000, 7, Number.NaN, 0.9, 1e-3]);
    expect([...constantPriors(names, [], DEFAULT_PRIORS).median].every(Number.isNaN)).toBe(true);
    expect([...constantPriors(names, constantInfos(program, features), NO_PRIORS).median].every(Number.isNaN)).toBe(
      true,
    );
  });
});

describe('the table of priors', () => {
  it('is the one of the documentation, and its units are written as fits write them', () => {
    const text = readFileSync(new URL('../../docs/priors.md', import.meta.url), 'utf8');
    for (const [unit, { median, sigma }] of Object.entries(DEFAULT_PRIORS.units)) {
      expect(unitKey(unit)).toBe(unit);
      expect(text).toContain(`| ${unit} | ${median} | ${sigma} |`);
    }
  });

  it.each([
    ['units: {µs/token: {median: 20, sigma: 1}}', undefined],
    ['constants: {overheadUs: {median: 3000, sigma: 0.5}}', undefined],
    ['units: {µs/token: {median: -20, sigma: 1}}', /:1: units\.µs\/token\.median: /],
    ['units: {µs//: {median: 20, sigma: 1}}', /no unit, such as µs\/token/],
    ['constants:\n  a b: {median: 1, sigma: 1}', /not the name of a constant/],
    ['priors: 3', /Unrecognized key/],
  ])('is read from a file: %s', (text, error) => {
    const file = join(mkdtempSync(join(tmpdir(), 'priors-')), 'priors.yaml');
    writeFileSync(file, text);
    if (error === undefined) expect(Object.keys(readPriors(file))).toEqual(['units', 'constants']);
    else expect(() => readPriors(file)).toThrow(error);
  });
});
