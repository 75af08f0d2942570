import { describe, expect, it } from 'vitest';
import { findOutOfDomain } from '../../src/evaluate/domain.ts';
import { type FeatureTable, GraphBuilder, guard, OP_NAMES, OPERATIONS, type OpName } from '../../src/program/index.ts';

/*
 * What a row says of its operation is true: each column is held against `evaluate` on a grid of arguments. A column that was
 * filled in by copying the row above fails here.
 */

const GRID: readonly number[] = [-2.3, -1, -0.4, 0, 0.6, 1, 2, 3, 5.5];
const WIDE: readonly number[] = [...GRID, -Infinity, Infinity, NaN];
const POWERS: readonly number[] = [2, 3, 0.5, -1, -0.5];

function isNumeric(op: OpName): boolean {
  return ['arithmetic', 'function', 'select'].includes(OPERATIONS[op].kind);
}
const NUMERIC: readonly OpName[] = OP_NAMES.filter(isNumeric);
function countOf(op: OpName): number {
  const { arity } = OPERATIONS[op];
  return arity === 'many' ? 2 : arity;
}
/** Every list of `count` values; a condition is 0 or 1. */
function lists(op: OpName, values: readonly number[]): readonly (readonly number[])[] {
  const places = Array.from({ length: countOf(op) }, (_, at) => at);
  return places.reduce<readonly (readonly number[])[]>(
    (made, at) => {
      const choices = OPERATIONS[op].kind === 'select' && at === 0 ? [0, 1] : values;
      return made.flatMap((list) => choices.map((value) => [...list, value]));
    },
    [[]],
  );
}
function same(a: number, b: number): boolean {
  return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a), Math.abs(b));
}
/** The last argument as it stands in the text, where there are two: what exponents are to powers. */
function literalIn(args: readonly number[]) {
  return (at: number): number | undefined => (at === 1 ? args[1] : undefined);
}
function none(): undefined {
  return undefined;
}

describe.each(NUMERIC)('the row of %s', (op) => {
  const row = OPERATIONS[op];
  const { evaluate } = row;
  const first = row.kind === 'select' ? 1 : 0;

  it('has a finite value wherever the domain says nothing', () => {
    for (const args of lists(op, GRID)) {
      for (const literal of [literalIn(args), none]) {
        const domain = row.domain(literal);
        // Without a number for its exponent, a power is not said to have a value everywhere.
        if (domain === undefined && (literal !== none || row.domain(literalIn(args)) === undefined)) {
          expect(Number.isFinite(evaluate(args)), String(args)).toBe(true);
        }
      }
    }
  });

  it('has no finite value where the domain ends', () => {
    const domains = [undefined, ...POWERS].map(
      (power) => [row.domain((at) => (at === 1 ? power : undefined)), power] as const,
    );
    for (const [domain, power] of domains) {
      if (domain === undefined) continue;
      const at = (value: number): number => evaluate([1, power ?? 1].slice(0, countOf(op)).with(domain.at, value));
      expect(Number.isFinite(at(domain.edge))).toBe(domain.holdsEdge);
      expect(Number.isFinite(at(domain.edge - 1))).toBe(domain.isPole);
      expect(Number.isFinite(at(domain.edge + 1))).toBe(true);
    }
  });

  it('is found by the domain check and guarded, where the domain says so', () => {
    for (const power of [undefined, ...POWERS]) {
      const domain = row.domain((at) => (at === 1 ? power : undefined));
      const builder = new GraphBuilder();
      const x = builder.feature('x');
      const other = power === undefined ? builder.feature('y') : builder.number(power);
      const condition = builder.op('gt', builder.feature('y'), builder.number(1));
      const args = [x, other, builder.feature('y')].slice(0, countOf(op));
      if (row.kind === 'select') args[0] = condition;
      else if (domain?.at === 1) args.splice(0, 2, other, x);
      const graph = builder.build([builder.op(op, ...args)]);
      const edge = domain?.edge ?? 0;
      const table = (lo: number, hi: number, isCount: boolean): FeatureTable => [
        { name: 'x', unit: 'ms', meaning: 'x', range: [lo, hi], isCount },
        { name: 'y', unit: 'ms', meaning: 'y', range: [2, 9] },
      ];
      const found = findOutOfDomain(graph, table(edge - 3, edge + 3, false));
      expect(found?.startsWith(domain?.does ?? '-')).toBe(domain === undefined ? undefined : true);
      const program = { doc: '', constants: [], graph };
      const isFragile = domain?.edge === 0 && !domain.holdsEdge;
      expect(guard(program, table(0, 9, true)) !== program).toBe(isFragile);
    }
  });

  it('lets through what it says it lets through', () => {
    for (const args of lists(op, WIDE)) {
      for (let at = first; at < args.length; at++) {
        for (const [value, least] of [
          [NaN, 1],
          [Infinity, 2],
          [-Infinity, 2],
        ] as const) {
          const given = args.with(at, value);
          const literal = literalIn(given);
          const passed = row.notices(2, at, at === 1 ? none : literal);
          if (passed >= least) expect(Number.isFinite(evaluate(given)), String(given)).toBe(false);
          // Only NaN is noticed above: NaN must come of NaN.
          if (least === 1 && row.notices(1, at, at === 1 ? none : literal) >= 1) expect(evaluate(given)).toBeNaN();
        }
      }
    }
  });

  it('keeps whole numbers, and 0 or more than 1, where it says so', () => {
    const steps = [0, 1, 1.5, 2, 7.25];
    const isStep = (value: number): boolean => value === 0 || value >= 1 || Number.isNaN(value);
    const all = Array.from({ length: countOf(op) }, () => true);
    for (const args of lists(op, [-3, -1, 0, 1, 2, 5])) {
      const value = evaluate(args);
      if (row.whole(all, literalIn(args)) && Number.isFinite(value)) expect(Number.isInteger(value)).toBe(true);
    }
    for (const args of lists(op, steps)) {
      if (row.zeroOrMore(all, literalIn(args))) expect(isStep(evaluate(args)), String(args)).toBe(true);
    }
    if (
      row.whole(
        all.map(() => false),
        none,
      )
    ) {
      for (const args of lists(op, GRID)) expect(Number.isInteger(evaluate(args))).toBe(true);
    }
  });

  it('takes the unit to the power that it says: a factor of the arguments is one of the value', () => {
    const power = row.unitPower;
    if (power === undefined) return;
    for (const args of lists(op, GRID)) {
      expect(same(evaluate(args.map((x) => 2 * x)), 2 ** power * evaluate(args))).toBe(true);
    }
  });

  it('moves without jumps where it says it is continuous, and has no slope where it steps', () => {
    for (const args of lists(op, GRID)) {
      const value = evaluate(args);
      for (let at = 0; at < args.length && row.continuity === 'continuous'; at++) {
        const moved = evaluate(args.with(at, (args[at] as number) + 1e-9));
        if (Number.isFinite(value) && Number.isFinite(moved)) expect(Math.abs(moved - value)).toBeLessThan(0.01);
      }
    }
    if (row.continuity !== 'steps') return;
    const builder = new GraphBuilder();
    const x = builder.feature('x');
    const slope = row.derivative(builder, [x], [builder.number(1)], builder.op(op, x));
    expect(builder.literal(row.derivative(builder, [x], [builder.number(0)], builder.op(op, x)))).toBe(0);
    expect(builder.node(slope)).toMatchObject({ kind: 'op', op: 'mul' });
  });

  it('depends on constants as it says', () => {
    const degrees = lists(op, [0, 1]).filter((list) => list.some((degree) => degree === 1));
    for (const list of degrees) {
      if (row.dependence(list as (0 | 1)[]) > 1) continue;
      for (const args of lists(op, GRID)) {
        const along = (by: number): number => evaluate(args.map((x, at) => x + by * (list[at] as number)));
        const [a, b, c] = [along(0), along(0.5), along(1)] as const;
        if ([a, b, c].every(Number.isFinite)) expect(same(a + c, 2 * b), String(args)).toBe(true);
      }
    }
  });

  it('passes factors and addends on as it says', () => {
    for (const args of lists(op, GRID)) {
      const value = evaluate(args);
      for (const [passage, change, expected] of [
        [row.grammar.factor, (x: number, power: number): number => x * 4 ** power, 4 * value],
        [row.grammar.addend, (x: number): number => x + 4, value + 4],
      ] as const) {
        if (passage === undefined || !Number.isFinite(value)) continue;
        const { to, from, until, power } = passage;
        const takers = args.flatMap((_, at) => (at >= from && at < until ? [at] : []));
        for (const group of to === 'all' ? [takers] : takers.map((at) => [at])) {
          const changed = args.map((x, at) => (group.includes(at) ? change(x, power) : x));
          expect(same(evaluate(changed), expected), String(args)).toBe(true);
        }
      }
    }
  });

  it('is the link of a chain, and nests, as it says', () => {
    const { chain, nesting } = row;
    for (const args of lists(op, GRID)) {
      const [a = NaN, b = NaN] = args;
      if (chain?.role === 'link') {
        const parts = args.map((x, at) => (chain.inverts[at] !== true ? x : chain.of === 'sum' ? -x : 1 / x));
        const joined = parts.reduce((x, y) => (chain.of === 'sum' ? x + y : x * y));
        expect(same(evaluate(args), joined), String(args)).toBe(true);
      }
      if (nesting !== 'apart') expect(same(evaluate([evaluate([a, b]), 1.7]), evaluate([a, b, 1.7]))).toBe(true);
      if (nesting === 'set') expect(evaluate([a, b, b, a])).toBe(evaluate([a, b]));
    }
  });
});

it.each(OP_NAMES)('%s has the mirror that it names', (op) => {
  const { mirrorOf, evaluate } = OPERATIONS[op];
  if (mirrorOf === undefined) return;
  for (const [a = NaN, b = NaN] of lists(op, WIDE)) {
    expect(evaluate([a, b])).toBe(OPERATIONS[mirrorOf].evaluate([b, a]));
  }
});
