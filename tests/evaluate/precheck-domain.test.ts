import { describe, expect, it } from 'vitest';
import { precheck } from '../../src/evaluate/index.ts';
import { DEFAULT_CAPS, type FeatureTable, GraphBuilder, guard } from '../../src/program/index.ts';
import { programOf, tableOf } from './tables.ts';

const table = tableOf(() => 1, { rows: 60 });
const features: FeatureTable = [
  ...table.features,
  { name: 'readUs', unit: 'µs', meaning: 'time to read', range: [0, 9000] },
  { name: 'writeUs', unit: 'µs', meaning: 'time to write', range: [0, 500] },
  { name: 'layers', unit: 'layers', meaning: 'layers of the model', range: [32, 80], isDiscrete: true },
  { name: 'isMoe', unit: '1', meaning: '1 for a mixture of experts', range: [0, 1] },
  { name: 'bytes', unit: 'bytes', meaning: 'bytes moved', range: [0, Number.POSITIVE_INFINITY] },
];
const targets = { least: 1, greatest: 1e6 };
const settings = { caps: DEFAULT_CAPS };
function detailOf(expression: string): string | undefined {
  return precheck(programOf({ a: 1, b: 2 }, expression), features, settings, targets)?.detail;
}

describe('precheck of domains, by the ranges of features', () => {
  it.each([
    [
      'c.a + c.b / (batch.readUs - 50)',
      'divides by batch.readUs - 50, which is between -50 and 8950 µs; divide by Math.max(…, 1), or choose with ?: where it is 0',
    ],
    [
      'c.a * Math.log(batch.readUs - 20)',
      'takes the logarithm of batch.readUs - 20, which is between -20 and 8980 µs; write Math.max(…, 1)',
    ],
    ['c.a * Math.log2(3 - batch.layers)', 'the value is not a number for any batch: log2 never has a result'],
    [
      'c.a * Math.log10(50 - batch.layers)',
      'takes log10 of 50 - batch.layers, which is between -30 and 18 layers; write Math.max(…, 1)',
    ],
    [
      'c.a - c.b * Math.log1p(-batch.requests)',
      'takes log1p of -batch.requests, which is between -128 and 0 requests; write Math.max(…, 0)',
    ],
    [
      'c.a * Math.sqrt(90 - batch.requests - batch.tokens)',
      'takes the square root of 90 - batch.requests - batch.tokens, which is between -638 and 90; write Math.max(…, 0)',
    ],
    [
      'c.a * (50 - batch.requests) ** 0.75',
      'takes the power 0.75 of 50 - batch.requests, which is between -78 and 50 requests; write Math.max(…, 0)',
    ],
    [
      'c.a * (50 - batch.writeUs) ** -3',
      'takes the power -3 of 50 - batch.writeUs, which is between -450 and 50 µs; write Math.max(…, 1)',
    ],
    [
      'c.a * Math.sqrt(5 - batch.bytes) + Math.log(9 - batch.layers * batch.layers + batch.bytes)',
      'takes the logarithm of 9 - batch.layers * batch.layers + batch.bytes, which is between -6390 and ∞; write Math.max(…, 1)',
    ],
  ])('of %s says: %s', (expression, detail) => {
    expect(detailOf(expression)).toBe(detail);
  });

  it.each([
    ['two features that may never be so far apart', 'c.a * Math.log(batch.tokens - batch.requests + 1)'],
    ['a difference of two features that may have one sign', 'c.a / (batch.tokens - batch.requests)'],
    ['x - x', 'c.a * Math.sqrt(batch.tokens - batch.tokens * batch.tokens / Math.max(batch.tokens, 1))'],
    ['a divisor that has no value but 0 at an end', 'c.a / batch.readUs'],
    ['a fitted constant, whose interval is unknown', 'c.a / (batch.tokens - c.b) + Math.log(batch.tokens - c.b)'],
    ['a branch that may not be taken', 'batch.layers > 50 ? c.a * Math.log(batch.layers - 50) : c.b'],
    ['a condition', 'Math.log(batch.layers - 50) > c.a ? c.b : 7'],
    ['a pole that a maximum may absorb', 'Math.max(c.a / (batch.readUs - 50), c.b)'],
    ['a pole that exp may absorb', 'Math.exp(c.a / (batch.readUs - 50))'],
    ['a pole that a divisor may absorb', 'c.b / (1 + c.a / (batch.readUs - 50))'],
    ['a flag, which has no value between 0 and 1', 'c.a / (1 - 2 * batch.isMoe)'],
    ['a feature that jumps over a value that it does not take', 'c.a / (batch.layers - 50)'],
    ['a divisor that jumps over 0', 'c.a / (batch.layers > 50 ? 2 : -3)'],
    ['a pole that the numerator takes away', 'c.a * Math.expm1(batch.readUs - 50) / (batch.readUs - 50)'],
    ['an even power, which stays above 0', 'c.a * Math.sqrt((batch.readUs - 50) ** 2)'],
    ['a power without a pole', 'c.a + c.b * (batch.readUs - 50) ** 3'],
  ])('leaves to the rows: %s', (_what, expression) => {
    expect(detailOf(expression)).toBeUndefined();
  });

  it('sees a root of a negative value below a maximum, through which NaN passes', () => {
    expect(detailOf('Math.max(c.a * Math.sqrt(batch.layers - 50), c.b)')).toMatch(/^takes the square root/);
    expect(detailOf('Math.tanh(Math.log(batch.layers - 50)) + c.a')).toMatch(/^takes the logarithm/);
    expect(detailOf('Math.log(batch.layers - 50) ** 0 + c.a')).toBeUndefined();
  });

  it('does not see one below a hypotenuse that a maximum is taken of, for there an infinity could take its place', () => {
    const root = 'Math.hypot(Math.sqrt(batch.layers - 50), c.a * batch.readUs)';
    expect(detailOf(root)).toMatch(/^takes the square root/);
    expect(detailOf(`Math.max(${root}, c.b)`)).toBeUndefined();
  });

  it('has nothing against what a guard mends', () => {
    const program = programOf({ a: 1 }, 'c.a / batch.requests + Math.log(batch.tokens)');
    expect(precheck(guard(program, features), features, settings, targets)).toBeUndefined();
  });

  it('cuts long expressions, also where shared parts would be endless if written out', () => {
    const builder = new GraphBuilder();
    let sum = builder.feature('requests');
    for (let i = 0; i < 27; i++) sum = builder.op('add', sum, sum);
    const root = builder.op('log', builder.op('sub', builder.number(50), sum));
    const { detail } = precheck({ doc: '', constants: [], graph: builder.build([root]) }, features, settings, targets)!;
    expect(detail).toMatch(/^takes the logarithm of 50 - \(+batch\.requests \+ batch\.requests/);
    expect(detail.length).toBeLessThan(200);
  });

  it('lets a fitted program be scored, whatever other batches there may be', () => {
    const program = programOf({ a: 1 }, 'c.a * Math.log(batch.layers - 50)');
    expect(precheck(program, features, settings)).toBeUndefined();
    expect(precheck(program, features, settings, targets)?.reason).toBe('bounds');
  });
});

describe('precheck of domains, by training rows', () => {
  const rowsOf = (law: (i: number) => Readonly<Record<string, number>>) => {
    const training = Array.from({ length: 40 }, (_, i) => law(i));
    return {
      columns: features.map(({ name }) =>
        // The validation rows at the end would prove anything.
        Float64Array.from([...training.map((row) => row[name] ?? 40), Number.NaN, -5000, 0, 5000]),
      ),
      experiments: [{ ...table.experiments[0]!, rows: { train: [0, 40], valid: [40, 44], test: [44, 44] } as const }],
    };
  };
  const crossing = rowsOf((i) => ({ readUs: 100 + i, writeUs: 120, tokens: 10 + i, requests: i }));
  const check = (expression: string, rows = crossing): string | undefined =>
    precheck(programOf({ a: 1, b: 2 }, expression), features, settings, targets, rows)?.detail;

  it.each([
    [
      'c.a / (batch.readUs - batch.writeUs)',
      'divides by batch.readUs - batch.writeUs, which is between -20 and 19 µs on the training rows; divide by Math.max(…, 1), or choose with ?: where it is 0',
    ],
    [
      'c.a * Math.sqrt(batch.readUs - batch.writeUs)',
      'takes the square root of batch.readUs - batch.writeUs, which is between -20 and 19 µs on the training rows; write Math.max(…, 0)',
    ],
    [
      'c.a * Math.log(batch.requests * batch.tokens)',
      'takes the logarithm of batch.requests * batch.tokens, which is between 0 and 1910 on the training rows; write Math.max(…, 1)',
    ],
  ])('of %s says: %s', (expression, detail) => {
    expect(detailOf(expression)).toBeUndefined();
    expect(check(expression)).toBe(detail);
  });

  it.each([
    ['a difference that the rows show to be positive', 'c.a * Math.log(batch.tokens - batch.requests)'],
    ['a divisor that the rows show to be positive', 'c.a / (batch.tokens - batch.requests)'],
    ['a root at 0', 'c.a * Math.sqrt(batch.requests)'],
    ['a logarithm at 0 below a maximum', 'Math.max(Math.log(batch.requests), c.a)'],
    ['a divisor that passes 0 by with a flag', 'c.a / ((1 - 2 * batch.isMoe) * batch.tokens)'],
  ])('has nothing against %s', (_what, expression) => {
    expect(
      check(
        expression,
        rowsOf((i) => ({ tokens: 10 + i, requests: i, isMoe: i % 2 })),
      ),
    ).toBeUndefined();
  });
});
