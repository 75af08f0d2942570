import type { GraphBuilder } from './graph-builder.ts';
import type { IrNode } from './ir.ts';
import type { Emitter } from './operator.ts';
import { OPERATORS, type OpName } from './operators.ts';

/**
 * Local rewriting: what one operation becomes, given its arguments in the builder. Wherever every intermediate value of
 * the original is finite, the rewritten value is the same. Nothing is reordered here; that needs to know who else uses
 * a node, see `simplify`.
 */

/** Which results of folding may stand as numbers. Printed programs can hold small integers only. */
export type Folding = 'small-integers' | 'all';

/** Integers that a program's text keeps as numbers; others become constants. */
export const isSmallInteger = (value: number): boolean =>
  Number.isInteger(value) && Math.abs(value) < 100 && !Object.is(value, -0);

/** The arguments of a node that is the operation `op`. */
const argsOf = (node: IrNode, op: OpName): readonly number[] | undefined =>
  node.kind === 'op' && node.op === op ? node.args : undefined;

/** The value of a condition that does not depend on any input. */
const truth = (builder: GraphBuilder, index: number): boolean | undefined => {
  const node = builder.node(index);
  if (node.kind !== 'op') return undefined;
  const [a = -1, b = -1] = node.args;
  if (node.op === 'not') {
    const inner = truth(builder, a);
    return inner === undefined ? undefined : !inner;
  }
  if (node.op === 'and' || node.op === 'or') {
    const [left, right] = [truth(builder, a), truth(builder, b)];
    const decisive = node.op === 'or';
    if (left === decisive || right === decisive) return decisive;
    return left === undefined || right === undefined ? undefined : !decisive;
  }
  // A number is never less than itself, NaN included.
  if (a === b && (node.op === 'lt' || node.op === 'gt')) return false;
  const values = node.args.map((arg) => builder.literal(arg));
  return values.every((value) => value !== undefined) ? OPERATORS[node.op].evaluate(values) !== 0 : undefined;
};

type Rule = (builder: GraphBuilder, args: readonly number[], emit: Emitter) => number | undefined;

const negated = (builder: GraphBuilder, index: number): number | undefined => {
  const args = argsOf(builder.node(index), 'neg');
  return args?.[0];
};

const add: Rule = (builder, [a = -1, b = -1], emit) => {
  if (builder.literal(a) === 0) return b;
  if (builder.literal(b) === 0) return a;
  const [minusA, minusB, number] = [negated(builder, a), negated(builder, b), builder.literal(b)];
  if (minusB !== undefined) return emit.op('sub', a, minusB);
  if (minusA !== undefined) return emit.op('sub', b, minusA);
  return number !== undefined && number < 0 ? emit.op('sub', a, emit.number(-number)) : undefined;
};

const sub: Rule = (builder, [a = -1, b = -1], emit) => {
  if (a === b) return emit.number(0);
  if (builder.literal(b) === 0) return a;
  if (builder.literal(a) === 0) return emit.op('neg', b);
  const minusB = negated(builder, b);
  const number = builder.literal(b);
  if (minusB !== undefined) return emit.op('add', a, minusB);
  return number !== undefined && number < 0 ? emit.op('add', a, emit.number(-number)) : undefined;
};

const mul: Rule = (builder, [a = -1, b = -1], emit) => {
  for (const [number, other] of [
    [builder.literal(a), b],
    [builder.literal(b), a],
  ] as const) {
    if (number === 0) return emit.number(0);
    if (number === 1) return other;
    if (number === -1) return emit.op('neg', other);
    const inner = number === undefined ? undefined : negated(builder, other);
    if (number !== undefined && inner !== undefined) return emit.op('mul', emit.number(-number), inner);
  }
  const [minusA, minusB] = [negated(builder, a), negated(builder, b)];
  if (minusA !== undefined) return emit.op('neg', emit.op('mul', minusA, b));
  if (minusB !== undefined) return emit.op('neg', emit.op('mul', a, minusB));
  return a === b ? emit.op('pow', a, emit.number(2)) : undefined;
};

const div: Rule = (builder, [a = -1, b = -1], emit) => {
  if (builder.literal(b) === 1) return a;
  if (builder.literal(b) === -1) return emit.op('neg', a);
  if (builder.literal(a) === 0 && builder.literal(b) !== 0) return a;
  const [minusA, minusB] = [negated(builder, a), negated(builder, b)];
  if (minusA !== undefined) return emit.op('neg', emit.op('div', minusA, b));
  return minusB === undefined ? undefined : emit.op('neg', emit.op('div', a, minusB));
};

const neg: Rule = (builder, [a = -1], emit) => {
  const difference = argsOf(builder.node(a), 'sub');
  if (difference !== undefined) return emit.op('sub', difference[1] ?? -1, difference[0] ?? -1);
  const [over = -1, under = -1] = argsOf(builder.node(a), 'div') ?? [];
  const number = over < 0 ? undefined : builder.literal(over);
  return number === undefined ? negated(builder, a) : emit.op('div', emit.number(0 - number), under);
};

/** The value of an expression of numbers alone. */
const numberValue = (builder: GraphBuilder, index: number): number | undefined => {
  const node = builder.node(index);
  if (node.kind !== 'op') return builder.literal(index);
  const { kind, evaluate } = OPERATORS[node.op];
  if (kind !== 'arithmetic' && kind !== 'function') return undefined;
  const values = node.args.map((arg) => numberValue(builder, arg));
  return values.every((value) => value !== undefined) ? evaluate(values) : undefined;
};

const pow: Rule = (builder, [x = -1, y = -1], emit) => {
  const exponent = builder.literal(y);
  // An exponent, unlike other numbers, can be written whatever its value.
  const value = exponent ?? numberValue(builder, y);
  if (value !== exponent && value !== undefined && Number.isFinite(value)) return emit.op('pow', x, emit.number(value));
  if (exponent === 0) return emit.number(1);
  if (exponent === 1) return x;
  if (exponent === -1) return emit.op('div', emit.number(1), x);
  return exponent === 0.5 ? emit.op('sqrt', x) : undefined;
};

/** Equal arguments once, numbers combined into the first of them. */
const extreme =
  (op: 'min' | 'max'): Rule =>
  (builder, args, emit) => {
    const numbers = args.flatMap((arg) => builder.literal(arg) ?? []);
    const combined = numbers.length > 0 ? emit.number(Math[op](...numbers)) : -1;
    const kept = [...new Set(args.map((arg) => (builder.literal(arg) === undefined ? arg : combined)))];
    if (kept.length === args.length) return undefined;
    return kept.length === 1 ? kept[0] : emit.op(op, ...kept);
  };

const NEVER_NEGATIVE: ReadonlySet<OpName> = new Set<OpName>(['abs', 'sqrt', 'exp', 'hypot']);

const abs: Rule = (builder, [a = -1], emit) => {
  const inner = negated(builder, a);
  if (inner !== undefined) return emit.op('abs', inner);
  const node = builder.node(a);
  return node.kind === 'op' && NEVER_NEGATIVE.has(node.op) ? a : undefined;
};

const hypot: Rule = (builder, args, emit) => {
  const kept = args.filter((arg) => builder.literal(arg) !== 0).map((arg) => negated(builder, arg) ?? arg);
  if (kept.length === 0) return emit.number(0);
  if (kept.length === 1) return emit.op('abs', kept[0] ?? -1);
  return kept.length === args.length && kept.every((arg, i) => arg === args[i]) ? undefined : emit.op('hypot', ...kept);
};

/** Floor or ceil of a whole number. */
const step: Rule = (builder, [a = -1]) => {
  const node = builder.node(a);
  return argsOf(node, 'floor') === undefined && argsOf(node, 'ceil') === undefined ? undefined : a;
};

/** A constant condition beside another one: it decides, or it drops out. */
const logical =
  (decisive: boolean): Rule =>
  (builder, [a = -1, b = -1]) => {
    if (a === b) return a;
    for (const [side, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = truth(builder, side);
      if (known !== undefined) return known === decisive ? side : other;
    }
    return undefined;
  };

const select: Rule = (builder, [condition = -1, yes = -1, no = -1], emit) => {
  if (yes === no) return yes;
  const known = truth(builder, condition);
  if (known !== undefined) return known ? yes : no;
  const opposite = argsOf(builder.node(condition), 'not')?.[0];
  return opposite === undefined ? undefined : emit.op('select', opposite, no, yes);
};

const not: Rule = (builder, [a = -1]) => argsOf(builder.node(a), 'not')?.[0];

const RULES: Readonly<Partial<Record<OpName, Rule>>> = {
  add,
  sub,
  mul,
  div,
  neg,
  pow,
  min: extreme('min'),
  max: extreme('max'),
  abs,
  hypot,
  floor: step,
  ceil: step,
  and: logical(false),
  or: logical(true),
  not,
  select,
};

const fold = (builder: GraphBuilder, op: OpName, args: readonly number[], folding: Folding): number | undefined => {
  const { kind, evaluate } = OPERATORS[op];
  if (kind !== 'arithmetic' && kind !== 'function') return undefined;
  const values = args.map((arg) => builder.literal(arg));
  if (!values.every((value) => value !== undefined)) return undefined;
  const value = evaluate(values);
  const allowed = folding === 'all' ? Number.isFinite(value) : isSmallInteger(value);
  return allowed ? builder.number(value) : undefined;
};

/** An emitter into `builder` that simplifies each operation as it is made. */
export const simplifying = (builder: GraphBuilder, folding: Folding): Emitter => {
  const emit: Emitter = {
    number: (value) => builder.number(value),
    literal: (node) => builder.literal(node),
    op: (op, ...args) =>
      fold(builder, op, args, folding) ?? RULES[op]?.(builder, args, emit) ?? builder.op(op, ...args),
  };
  return emit;
};
