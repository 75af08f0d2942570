import type { IrNode } from '../ir.ts';
import type { OpName } from '../op-name.ts';
import type { Rewriter, Rule } from '../operation.ts';

/** The arguments of a node that is the operation `op`. */
export function argsOf(node: IrNode, op: OpName): readonly number[] | undefined {
  return node.kind === 'op' && node.op === op ? node.args : undefined;
}

/** What a sign stands before. */
export function negated(rewriter: Rewriter, index: number): number | undefined {
  return argsOf(rewriter.node(index), 'neg')?.[0];
}

export const rewriteAdd: Rule = ([a = -1, b = -1], rewriter) => {
  if (rewriter.literal(a) === 0) return b;
  if (rewriter.literal(b) === 0) return a;
  const [minusA, minusB, number] = [negated(rewriter, a), negated(rewriter, b), rewriter.literal(b)];
  if (minusB !== undefined) return rewriter.op('sub', a, minusB);
  if (minusA !== undefined) return rewriter.op('sub', b, minusA);
  return number !== undefined && number < 0 ? rewriter.op('sub', a, rewriter.number(-number)) : undefined;
};

export const rewriteSub: Rule = ([a = -1, b = -1], rewriter) => {
  if (a === b) return rewriter.number(0);
  if (rewriter.literal(b) === 0) return a;
  if (rewriter.literal(a) === 0) return rewriter.op('neg', b);
  const minusB = negated(rewriter, b);
  const number = rewriter.literal(b);
  if (minusB !== undefined) return rewriter.op('add', a, minusB);
  return number !== undefined && number < 0 ? rewriter.op('add', a, rewriter.number(-number)) : undefined;
};

export const rewriteMul: Rule = ([a = -1, b = -1], rewriter) => {
  for (const [number, other] of [
    [rewriter.literal(a), b],
    [rewriter.literal(b), a],
  ] as const) {
    if (number === 0) return rewriter.number(number);
    if (number === 1) return other;
    if (number === -1) return rewriter.op('neg', other);
    const inner = number === undefined ? undefined : negated(rewriter, other);
    if (number !== undefined && inner !== undefined) return rewriter.op('mul', rewriter.number(-number), inner);
  }
  const [minusA, minusB] = [negated(rewriter, a), negated(rewriter, b)];
  if (minusA !== undefined) return rewriter.op('neg', rewriter.op('mul', minusA, b));
  if (minusB !== undefined) return rewriter.op('neg', rewriter.op('mul', a, minusB));
  return a === b ? rewriter.op('pow', a, rewriter.number(2)) : undefined;
};

export const rewriteDiv: Rule = ([a = -1, b = -1], rewriter) => {
  if (rewriter.literal(b) === 1) return a;
  if (rewriter.literal(b) === -1) return rewriter.op('neg', a);
  if (rewriter.literal(a) === 0 && rewriter.literal(b) !== 0) return a;
  const [minusA, minusB] = [negated(rewriter, a), negated(rewriter, b)];
  if (minusA !== undefined) return rewriter.op('neg', rewriter.op('div', minusA, b));
  return minusB === undefined ? undefined : rewriter.op('neg', rewriter.op('div', a, minusB));
};

export const rewriteNeg: Rule = ([a = -1], rewriter) => {
  const difference = argsOf(rewriter.node(a), 'sub');
  if (difference !== undefined) return rewriter.op('sub', difference[1] ?? -1, difference[0] ?? -1);
  const [over = -1, under = -1] = argsOf(rewriter.node(a), 'div') ?? [];
  const number = over < 0 ? undefined : rewriter.literal(over);
  return number === undefined ? negated(rewriter, a) : rewriter.op('div', rewriter.number(-number), under);
};

export const rewritePow: Rule = ([x = -1, y = -1], rewriter) => {
  const exponent = rewriter.literal(y);
  // An exponent, unlike other numbers, can be written whatever its value.
  const value = exponent ?? rewriter.value(y);
  if (value !== exponent && value !== undefined && Number.isFinite(value)) {
    return rewriter.op('pow', x, rewriter.number(value));
  }
  if (exponent === 0) return rewriter.number(1);
  if (exponent === 1) return x;
  if (exponent === -1) return rewriter.op('div', rewriter.number(1), x);
  return exponent === 0.5 ? rewriter.op('sqrt', x) : undefined;
};
