import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { checkKernel } from '../../src/evaluate/checks.ts';
import { layoutTable } from '../../src/evaluate/layout.ts';
import { Model } from '../../src/kernel/model.ts';
import { Sandbox } from '../../src/kernel/sandbox.ts';
import { DEFAULT_EVALUATE_SETTINGS } from '../../src/evaluate/settings.ts';
import { programOf, tableOf } from './tables.ts';

const layout = layoutTable(
  tableOf((row) => 50 + row.tokens, { rows: 60 }),
  { scope: 'model', sampleRows: 100 },
  createRandom(1),
);
let sandbox: Sandbox;
beforeAll(() => {
  sandbox = new Sandbox(layout, [], 8, DEFAULT_EVALUATE_SETTINGS);
});
afterAll(() => sandbox.dispose());

describe('checkKernel', () => {
  const program = programOf(
    { a: 2, b: 30 },
    'batch.kv > 900 ? c.a * Math.log1p(batch.tokens) ** 1.5 + Math.exp(batch.requests / 100) : c.b + batch.requests',
  );
  // The numbers in the text are constants too.
  const constants = Float64Array.from(program.constants, ({ start }) => start);
  const fitted = layout.groups.map((group) => ({ group, constants }));
  /** Predictions of all probe rows, some of those of the second group changed. */
  const check = (changed: number, change: (value: number) => number) => {
    const model = new Model(program, sandbox);
    const p = new Float64Array(layout.rowCount);
    for (const { probes } of layout.groups) p.set(model.predict(constants, probes).subarray(...probes), probes[0]);
    const [start = 0] = layout.groups[1]?.probes ?? [];
    for (let row = start; row < start + changed; row++) p[row] = change(p[row] as number);
    const rejected = checkKernel(model, layout, fitted, p);
    model.dispose();
    return rejected;
  };

  it('has nothing against a kernel that predicts what the program says, but for a few ties', () => {
    expect(check(0, (value) => value)).toBeUndefined();
    expect(check(200, (value) => value * (1 + 1e-12))).toBeUndefined();
    expect(check(4, (value) => 2 * value)).toBeUndefined();
  });

  it.each([
    ['a value', (value: number): number => value * 1.00001],
    ['no number', (): number => Number.NaN],
  ])('rejects a kernel with %s of its own on some rows', (_, change) => {
    const detail = `5 of 200 probe rows of ${layout.groups[1]?.name} are predicted otherwise than the program says`;
    expect(check(5, change)).toEqual({ status: 'rejected', reason: 'kernel', detail });
  });
});
