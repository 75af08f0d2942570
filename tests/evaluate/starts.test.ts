import { afterEach, describe, expect, it } from 'vitest';
import { constantInfos, type Program } from '../../src/program/index.ts';
import { LOSS_SCHEDULE } from '../../src/evaluate/loss.ts';
import { RowSetFitter } from '../../src/evaluate/row-set-fitter.ts';
import type { Sandbox } from '../../src/kernel/sandbox.ts';
import { programOf, type Row, type TableOptions, tableOf } from './tables.ts';
import { wholeFit } from './whole-fit.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.dispose();
});

function fit(program: Program, law: (row: Row) => number, options: TableOptions = {}, seed = 2) {
  const table = tableOf(law, { experiments: 1, rows: 300, ...options });
  const whole = wholeFit(program, table, constantInfos(program, table.features), {}, seed);
  const { model, data, named } = whole;
  sandboxes.push(model.sandbox);
  const { constants, cost } = whole.fit;
  const given = new RowSetFitter(model, data.penalised, LOSS_SCHEDULE.e2e).cost(model.start);
  return { constants: named(constants), cost, given };
}

describe('a law with a bend is found wherever the program starts', () => {
  const far = [1e-3, 1, 30, 1e3, 1e5, 1e7];

  it.each(far)('logistic, from a middle and a width of %d', (start) => {
    const program = programOf({ a: 1, b: 1, m: start, s: start }, 'c.a + c.b / (1 + Math.exp((c.m - batch.kv) / c.s))');
    const { constants } = fit(program, ({ kv }) => 500 + 900 / (1 + Math.exp((9000 - kv) / 1500)));
    expect(constants['m']! / 9000).toBeCloseTo(1, 3);
    expect(constants['s']! / 1500).toBeCloseTo(1, 3);
  });

  it('logistic and falling, where the program starts with a rising one', () => {
    const program = programOf({ a: 1, b: 1, m: 1, k: 0.1 }, 'c.a + c.b / (1 + Math.exp(c.k * (c.m - batch.kv)))');
    const { constants } = fit(program, ({ kv }) => 500 + 900 / (1 + Math.exp((kv - 9000) / 1500)), { noise: 0.01 });
    expect(constants['m']! / 9000).toBeCloseTo(1, 1);
    expect(constants['k']! * -1500).toBeCloseTo(1, 1);
  });

  it.each(far)('log1p, 1 − exp and tanh, from a scale of %d', (start) => {
    const forms: readonly (readonly [text: string, law: (x: number) => number])[] = [
      ['Math.log1p(batch.kv / c.s)', (x) => Math.log1p(x)],
      ['(1 - Math.exp(-batch.kv / c.s))', (x) => 1 - Math.exp(-x)],
      ['Math.tanh(batch.kv / c.s)', (x) => Math.tanh(x)],
    ];
    for (const [text, law] of forms) {
      const program = programOf({ a: 1, b: 1, s: start }, `c.a + c.b * ${text}`);
      const { constants } = fit(program, ({ kv }) => 500 + 900 * law(kv / 6000));
      expect(constants['s']! / 6000, text).toBeCloseTo(1, 3);
    }
  });
});

describe('constants that are given', () => {
  const step = ({ tokens, requests }: Row): number => (tokens > 256 ? 900 + 3 * tokens : 400 + 2 * requests);
  const text = 'batch.tokens > c.lim ? c.a + c.b * batch.tokens : c.d + c.e * batch.requests';

  it('come back as they were where they are exact', () => {
    const exact = { lim: 256, a: 900, b: 3, d: 400, e: 2 };
    const { constants } = fit(programOf(exact, text), step, { rows: 2000 });
    expect(constants).toEqual(exact);
  });

  it('are where a search starts from: a threshold is kept whose lines are to be found', () => {
    const { constants, cost } = fit(programOf({ lim: 256, a: 1, b: 1, d: 1, e: 1 }, text), step, { rows: 2000 });
    expect(constants['lim']).toBe(256);
    expect(cost).toBeLessThan(1e-20);
  });

  it.each([
    ['c.a + c.b * batch.tokens', { a: 500, b: 3 }],
    ['c.a + c.b * batch.tokens ** c.p', { a: 480, b: 3.2, p: 0.98 }],
    ['Math.hypot(c.a * batch.tokens, c.b * batch.kv) + c.d', { a: 2, b: 0.01, d: 510 }],
    ['batch.kv > c.t ? c.a + c.b * batch.tokens : c.d * batch.tokens ** c.p', { t: 4000, a: 500, b: 3, d: 90, p: 0.6 }],
  ])('are never left for a worse fit: %s', (body, start) => {
    for (let seed = 0; seed < 3; seed++) {
      const { cost, given } = fit(programOf(start, body), ({ tokens }) => 500 + 3 * tokens, { noise: 0.1, seed }, seed);
      expect(cost).toBeLessThanOrEqual(given);
    }
  });
});
