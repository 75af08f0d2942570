import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { FEATURE_LIMIT, printWasm } from '../../src/kernel/index.ts';
import { type Graph, GraphBuilder, OP_NAMES, OPERATIONS, type OpName } from '../../src/program/index.ts';
import { runKernels } from './wasm-instance.ts';

const ROWS = 20_001;

/** Values of a graph over columns x and y. */
function run(graph: Graph, x: Float64Array, y: Float64Array = x): Float64Array {
  return runKernels([graph], { features: { x, y } })[0]?.[0] as Float64Array;
}

function isRounded(op: OpName): boolean {
  return !OPERATIONS[op].isExact && OPERATIONS[op].arity === 1;
}
const ROUNDED: readonly OpName[] = OP_NAMES.filter(isRounded);

function operation(op: OpName, arity: 1 | 2): Graph {
  const builder = new GraphBuilder();
  const args = ['x', 'y'].slice(0, arity).map((name) => builder.feature(name));
  return builder.build([builder.op(op, ...args)]);
}

const WORDS = new DataView(new ArrayBuffer(8));

/** Place of a double in the order of all doubles. */
function place(value: number): bigint {
  WORDS.setFloat64(0, value);
  const bits = WORDS.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

/** Distance in units in the last place; 0 for two NaN, infinite between NaN, ±0 or infinities that differ. */
function distance(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  if (!Number.isFinite(a) || !Number.isFinite(b) || (a === 0 && b === 0)) return Number.POSITIVE_INFINITY;
  return Math.abs(Number(place(a) - place(b)));
}

const random = createRandom(7).split('wasm');
const SPECIAL = [
  0,
  0.5,
  1,
  1.5,
  2,
  3,
  8,
  10,
  22,
  27,
  100,
  1000,
  1e9,
  1e-17,
  1e-300,
  709.782712893384,
  709.7827128933841,
  710.4758600739439,
  710.475860073944,
  745.1332191019411,
  745.1332191019412,
  708.4,
  5e-324,
  2 ** -1022,
  Number.MAX_VALUE,
  Number.POSITIVE_INFINITY,
].flatMap((value) => [value, -value]);
function anyBits(): number {
  WORDS.setUint32(0, random.integer(2 ** 32));
  WORDS.setUint32(4, random.integer(2 ** 32));
  return WORDS.getFloat64(0);
}
const DRAWS: readonly (readonly [string, () => number])[] = [
  ['all doubles', anyBits],
  ['numbers near zero', () => 4 * random.uniform() - 2],
  ['the exponentials’ whole range', () => 1600 * random.uniform() - 800],
  ['positive numbers of every size', () => Math.exp(40 * random.uniform() - 10)],
  ['special values', () => random.pick([...SPECIAL, Number.NaN])],
];
function columnOf(draw: () => number): Float64Array {
  return Float64Array.from({ length: ROWS }, draw);
}

function worst(actual: Float64Array, expected: (row: number) => number): number {
  return actual.reduce((most, value, row) => Math.max(most, distance(value, expected(row))), 0);
}

describe.each(DRAWS)('over %s, the vector form', (_name, draw) => {
  it.each(ROUNDED)('of %s is within two units in the last place of the platform’s', (op) => {
    const x = columnOf(draw);
    const expected = (row: number): number => OPERATIONS[op].evaluate([x[row] as number]);
    expect(worst(run(operation(op, 1), x), expected)).toBeLessThanOrEqual(2);
  });

  it('of pow is within two units in the last place', () => {
    const x = columnOf(draw);
    for (const exponents of [
      columnOf(draw),
      columnOf(() => 8 * random.uniform() - 4),
      columnOf(() => random.integer(9) - 4),
    ]) {
      const actual = run(operation('pow', 2), x, exponents);
      expect(worst(actual, (row) => (x[row] as number) ** (exponents[row] as number))).toBeLessThanOrEqual(2);
    }
  });

  it.each(['add', 'sub', 'mul', 'div', 'min', 'max', 'hypot'] as const)('of %s has the same bits', (op) => {
    // Features are finite and not huge, and kernels count on it.
    const feature = (): number => {
      const value = draw();
      return Math.abs(value) < FEATURE_LIMIT ? value : 1;
    };
    const [x, y] = op === 'hypot' ? [columnOf(draw), columnOf(draw)] : [columnOf(feature), columnOf(feature)];
    const evaluate = (row: number): number => OPERATIONS[op].evaluate([x[row] as number, y[row] as number]);
    const actual = run(operation(op, 2), x, y);
    // Which zero min and max choose is left open.
    expect(
      worst(
        actual.map((value) => value + 0),
        (row) => evaluate(row) + 0,
      ),
    ).toBe(0);
  });

  it.each(['neg', 'abs', 'sqrt', 'floor', 'ceil'] as const)('of %s has the same bits', (op) => {
    const x = columnOf(draw);
    expect(worst(run(operation(op, 1), x), (row) => OPERATIONS[op].evaluate([x[row] as number]))).toBe(0);
  });
});

describe('printWasm', () => {
  it.each(['log', 'log1p', 'log2', 'log10'] as const)('gives %s of features that are not negative', (op) => {
    const builder = new GraphBuilder();
    const x = builder.feature('x');
    // The range of x + 1 needs no care for special values, that of x may.
    const graph = builder.build([builder.op(op, x), builder.op(op, builder.op('add', x, builder.number(1)))]);
    for (const [, draw] of DRAWS) {
      const column = columnOf(draw).map((value) => (Math.abs(value) < FEATURE_LIMIT ? Math.abs(value) : 0));
      const [[of = column, ofNext = column] = []] = runKernels([graph], {
        features: { x: column },
        nonNegative: ['x'],
      });
      expect(worst(of, (row) => Math[op](column[row] as number))).toBeLessThanOrEqual(2);
      expect(worst(ofNext, (row) => Math[op]((column[row] as number) + 1))).toBeLessThanOrEqual(2);
    }
  });

  it('gives the same bits by a function that is called as by one that is written in place', () => {
    const x = columnOf(DRAWS[2]?.[1] ?? anyBits);
    for (const op of ROUNDED) {
      const graph = operation(op, 1);
      const [[inPlace] = []] = runKernels([graph], { features: { x } });
      const several = runKernels(
        Array.from({ length: 9 }, () => graph),
        { features: { x } },
      );
      for (const [called] of several) expect(called).toEqual(inPlace);
    }
  });

  it('selects 0 or a value, NaN and infinity too', () => {
    const x = Float64Array.of(1, -1, 2, -2);
    const builder = new GraphBuilder();
    const condition = builder.op('gt', builder.feature('x'), builder.number(0));
    const value = builder.op('div', builder.op('log', builder.feature('x')), builder.number(0));
    const [zero, minusZero] = [builder.number(0), builder.number(-0)];
    const selects = [
      [value, zero],
      [zero, value],
      [minusZero, value],
      [zero, zero],
    ] as const;
    const graph = builder.build(selects.map(([yes, no]) => builder.op('select', condition, yes, no)));
    const [outputs = []] = runKernels([graph], { features: { x } });
    expect(outputs.map((column) => [...column])).toEqual([
      [Number.NaN, 0, Number.POSITIVE_INFINITY, 0],
      [0, Number.NaN, 0, Number.NaN],
      [-0, Number.NaN, -0, Number.NaN],
      [0, 0, 0, 0],
    ]);
  });

  it('keeps NaN in a minimum and a maximum, on either side', () => {
    const x = Float64Array.of(Number.NaN, 1, 2, Number.NaN);
    const y = Float64Array.of(1, Number.NaN, 3, Number.NaN);
    const builder = new GraphBuilder();
    const [a, b] = [builder.op('sqrt', builder.feature('x')), builder.op('log', builder.feature('y'))];
    for (const op of ['min', 'max'] as const) {
      const graph = builder.build([builder.op(op, a, builder.number(0.5), b)]);
      expect([...run(graph, x, y)].map(Number.isNaN)).toEqual([true, true, false, true]);
    }
  });

  it('names a feature or constant that the memory lacks', () => {
    const builder = new GraphBuilder();
    const memory = {
      pages: 1,
      tableSize: 1,
      firstEntry: 0,
      features: new Map(),
      nonNegative: new Set<string>(),
      constantNames: [],
    };
    expect(() => printWasm([builder.build([builder.feature('z')])], memory)).toThrow(/z/);
    expect(() => printWasm([builder.build([builder.constant('q')])], memory)).toThrow(/q/);
  });
});
