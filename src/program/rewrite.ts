import type { GraphBuilder } from './graph-builder.ts';
import { EITHER, FALSE, type Interval, interval, TRUE } from './interval.ts';
import type { Emitter, Rewriter } from './operation.ts';
import { OPERATIONS, type OpName } from './operations.ts';

/**
 * Local rewriting: what one operation becomes, given its arguments in the builder; the rules stand in the table of operations.
 * Wherever every intermediate value of the original is finite, the rewritten value is the same. Nothing is reordered here; that
 * needs to know who else uses a node, see `simplify`.
 */

/** Which results of folding may stand as numbers. Printed programs can hold small integers only. */
export type Folding = 'small-integers' | 'all';

/** Integers that a program's text keeps as numbers; others become constants. */
export function isSmallInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 100;
}

function givesNumber(op: OpName): boolean {
  return ['arithmetic', 'function'].includes(OPERATIONS[op].kind);
}

function isEveryNumber(values: readonly (number | undefined)[]): values is readonly number[] {
  return values.every((value) => value !== undefined);
}

/** What is known of a condition, whatever the inputs are. */
function truthRange(builder: GraphBuilder, index: number): Interval {
  const node = builder.node(index);
  if (node.kind !== 'op') return EITHER;
  const operation = OPERATIONS[node.op];
  const [a, b] = node.args;
  if (operation.kind === 'logical') {
    return operation.interval(
      node.args.map((arg) => truthRange(builder, arg)),
      a === b,
    );
  }
  const ofTwo = (x: number): number => operation.evaluate([x, x]);
  // A number is never less than itself, NaN included; whether it equals itself depends on its being NaN.
  if (a === b && ofTwo(0) === ofTwo(Number.NaN)) return ofTwo(0) === 0 ? FALSE : TRUE;
  const values = node.args.map((arg) => builder.literal(arg));
  if (!isEveryNumber(values)) return EITHER;
  return operation.evaluate(values) === 0 ? FALSE : TRUE;
}

function truth(builder: GraphBuilder, index: number): boolean | undefined {
  const { lo, hi } = truthRange(builder, index);
  return lo === hi ? lo !== 0 : undefined;
}

/** The value of an expression of numbers alone. */
function numberValue(builder: GraphBuilder, index: number): number | undefined {
  const node = builder.node(index);
  if (node.kind !== 'op') return builder.literal(index);
  if (!givesNumber(node.op)) return undefined;
  const values = node.args.map((arg) => numberValue(builder, arg));
  return isEveryNumber(values) ? OPERATIONS[node.op].evaluate(values) : undefined;
}

const ANY_NUMBER = interval(-Infinity, Infinity);
/** Whether an operation has no negative value, whatever its arguments are. */
function isNeverNegative(builder: GraphBuilder, index: number): boolean {
  const node = builder.node(index);
  return (
    node.kind === 'op' &&
    givesNumber(node.op) &&
    OPERATIONS[node.op].interval(
      node.args.map(() => ANY_NUMBER),
      false,
    ).lo >= 0
  );
}

function fold(builder: GraphBuilder, op: OpName, args: readonly number[], folding: Folding): number | undefined {
  if (!givesNumber(op)) return undefined;
  const values = args.map((arg) => builder.literal(arg));
  if (!isEveryNumber(values)) return undefined;
  const value = OPERATIONS[op].evaluate(values);
  const allowed = folding === 'all' ? Number.isFinite(value) : isSmallInteger(value);
  return allowed ? builder.number(value) : undefined;
}

/** An emitter into `builder` that simplifies each operation as it is made. */
export function simplifying(builder: GraphBuilder, folding: Folding): Emitter {
  const rewriter: Rewriter = {
    number: (value) => builder.number(value),
    literal: (node) => builder.literal(node),
    node: (index) => builder.node(index),
    truth: (condition) => truth(builder, condition),
    value: (node) => numberValue(builder, node),
    isNeverNegative: (node) => isNeverNegative(builder, node),
    op: (op, ...args) =>
      fold(builder, op, args, folding) ?? OPERATIONS[op].rewrite?.(args, rewriter) ?? builder.op(op, ...args),
  };
  return rewriter;
}
