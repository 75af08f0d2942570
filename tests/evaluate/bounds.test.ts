import { afterEach, describe, expect, it } from 'vitest';
import { constantInfos, type Program } from '../../src/program/index.ts';
import { clipped, constantBounds } from '../../src/evaluate/bounds.ts';
import { NO_PRIORS } from '../../src/evaluate/priors/table.ts';
import type { Sandbox } from '../../src/kernel/sandbox.ts';
import { programOf, type Row, type TableOptions, tableOf } from './tables.ts';
import { wholeFit } from './whole-fit.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.dispose();
});

/** The fit of a program to a law, all stages; by the rows alone, as a prior would have more to say of what they hold at 0. */
function fit(program: Program, law: (row: Row) => number, options: TableOptions = {}, knowsUnits = true) {
  const table = tableOf(law, { experiments: 1, rows: 200, ...options });
  const infos = knowsUnits ? constantInfos(program, table.features) : [];
  const whole = wholeFit(program, table, infos, { priors: NO_PRIORS });
  sandboxes.push(whole.model.sandbox);
  const { constants, cost } = whole.fit;
  const { named, screened, refit } = whole;
  return { constants: named(constants), screened: named(screened.constants), cost, bounds: refit.bounds };
}

describe('bounds of constants', () => {
  it('follow from what a constant is', () => {
    const program = programOf(
      { o: 1, r: 1, t: 1, p: 1, s: 1 },
      'c.o + c.r * batch.tokens - (batch.kv > c.t ? c.o * batch.requests ** c.p : c.o * Math.log1p(batch.kv / c.s))',
    );
    const infos = constantInfos(program, tableOf((row) => row.tokens).features);
    const model = { names: program.constants.map(({ name }) => name) };
    const tipping = { index: 2, tippingPoints: Float64Array.of(100, 150, 300) };
    const { lower, upper } = constantBounds(model, infos, [tipping]);
    expect([...lower]).toEqual([0, 0, 80, -Infinity, -Infinity]);
    expect([...upper]).toEqual([Infinity, Infinity, 320, Infinity, Infinity]);
    expect([...clipped(Float64Array.of(-1, 5, 1000, -3, -4), { lower, upper })]).toEqual([0, 5, 320, -3, -4]);
    // Where no unit is known nothing is bounded.
    const open = constantBounds(model, [], [tipping]);
    expect([...open.lower, ...open.upper].some(Number.isFinite)).toBe(false);
  });

  it.each([
    ['in closed form', 'c.a + c.b * batch.tokens + c.d * batch.requests'],
    ['by descent', 'Math.hypot(c.a + c.b * batch.tokens + c.d * batch.requests, 1e-3 * c.e)'],
    ['behind a threshold', 'batch.kv > c.t ? c.a + c.b * batch.tokens + c.d * batch.requests : c.e'],
    ['in a search', 'batch.kv > c.t ? c.a + c.b * batch.tokens ** c.p + c.d * batch.requests : c.e'],
  ])('hold in a fit that would gain without them, from the first stage on: %s', (_, text) => {
    const names = [...new Set([...text.matchAll(/c\.(\w)/g)].map(([, name]) => name!))];
    const program = programOf(Object.fromEntries(names.map((name) => [name, name === 'd' ? -3 : 1])), text);
    const law = (row: Row): number => 4000 + 3 * row.tokens - 20 * row.requests;
    const { constants, screened } = fit(program, law, { noise: 0.01 });
    for (const values of [constants, screened]) {
      for (const name of ['a', 'b', 'd', 'e']) expect(values[name] ?? 0).toBeGreaterThanOrEqual(0);
    }
    expect(constants['d']).toBe(0);
    const free = fit(program, law, { noise: 0.01 }, false);
    expect(free.constants['d']).toBeLessThan(-15);
  });

  it('leave a program that subtracts what it needs', () => {
    const program = programOf({ a: 1, b: 1, d: -1 }, 'c.a + c.b * batch.tokens - c.d * batch.requests');
    const { constants, cost } = fit(program, (row) => 4000 + 3 * row.tokens - 20 * row.requests);
    expect(constants['d']! / 20).toBeCloseTo(1, 9);
    expect(cost).toBeLessThan(1e-20);
  });

  it('keep the knee of a line near the rows, and not what only looks like one', () => {
    const text =
      'c.a + c.b * Math.max(batch.kv - c.knee, 0) + Math.max(c.d * batch.tokens - c.o, batch.requests - c.k)';
    const program = programOf({ a: 1, b: 1, knee: -1e6, d: 1, o: 1, k: 1 }, text);
    const { bounds, constants } = fit(program, ({ kv }) => 1000 + 2 * Math.max(kv - 9000, 0), { noise: 0.01 });
    expect(constants['knee']! / 9000).toBeCloseTo(1, 1);
    expect(bounds.lower[2]).toBeGreaterThan(-5000);
    expect(bounds.upper[2]).toBeLessThan(40_000);
    // Where it bends depends on other constants too.
    expect([bounds.lower[5], bounds.upper[5]]).toEqual([0, Infinity]);
    // Without units it is free.
    expect(fit(program, ({ kv }) => kv, {}, false).bounds.lower.every((low) => low === -Infinity)).toBe(true);
  });

  it('keep a threshold near the rows', () => {
    const program = programOf({ t: -1e9, a: 1, b: 2 }, 'batch.kv > c.t ? c.a : c.b * batch.tokens');
    const { bounds, constants } = fit(program, (row) => 100 + row.tokens, { noise: 0.05 });
    expect(bounds.lower[0]).toBeGreaterThan(-5000);
    expect(bounds.upper[0]).toBeLessThan(40_000);
    expect(constants['t']).toBeGreaterThanOrEqual(bounds.lower[0]!);
  });
});
