import type { GraphBuilder } from '../graph-builder.ts';
import type { ChainKind, Sides } from '../operations/columns.ts';
import { OPERATIONS } from '../operations.ts';

/** A term of a sum or a factor of a product; an inverse one is subtracted or divided by. */
export interface Link {
  readonly node: number;
  readonly inverse: boolean;
}

/** What an expression is multiplied with to be a part of a program's value. */
export interface Frame {
  /** Factors and divisors, as a reader of the program sees them. */
  readonly factors: readonly Link[];
  readonly isNegative: boolean;
  /** What it has of the value that it is a side of. */
  readonly weights: readonly number[];
  /** Where this does not hold, the part is 0. */
  readonly condition: number | undefined;
}

export const NO_FRAME: Frame = { factors: [], isNegative: false, weights: [], condition: undefined };

/** A frame with more factors in it, and the other sign where `inverse` says so. */
export function framed(frame: Frame, factors: readonly Link[], inverse: boolean): Frame {
  return { ...frame, factors: [...frame.factors, ...factors], isNegative: frame.isNegative !== inverse };
}

/** The value of an expression in its frame. */
export function valueIn(
  builder: GraphBuilder,
  node: number,
  { factors, isNegative, weights, condition }: Frame,
): number {
  const times = factors.flatMap(({ node: factor, inverse }) => (inverse ? [] : [factor]));
  const divisors = factors.flatMap(({ node: divisor, inverse }) => (inverse ? [divisor] : []));
  // Long factors behind, for the reader.
  const isShort = (factor: number): boolean => builder.node(factor).kind !== 'op';
  const product = [...times.filter(isShort), node, ...times.filter((factor) => !isShort(factor)), ...weights].reduce(
    (all, factor) => builder.op('mul', all, factor),
  );
  const quotient = divisors.reduce((all, divisor) => builder.op('div', all, divisor), product);
  const signed = isNegative ? builder.op('neg', quotient) : quotient;
  return condition === undefined ? signed : builder.op('select', condition, signed, builder.number(0));
}

/** An expression as a sum, or as a value with sides, and the factors of either. */
export type Split =
  | { readonly kind: 'sum'; readonly factors: readonly Link[]; readonly summands: readonly Link[] }
  | { readonly kind: Sides; readonly factors: readonly Link[]; readonly node: number };

/** The members of a chain of terms or factors; the node itself where it is none. */
export function linksOf(builder: GraphBuilder, kind: ChainKind, node: number, inverse = false): readonly Link[] {
  const { chain, args } = operationOf(builder, node);
  if (chain?.role !== 'link' || chain.of !== kind) return [{ node, inverse }];
  return args.flatMap((arg, at) => linksOf(builder, kind, arg, inverse !== chain.inverts[at]));
}

/** How an expression is split, see `splitTerms`; undefined where it stays whole, as it does without a feature below. */
export function splitOf(builder: GraphBuilder, node: number): Split | undefined {
  const factors = linksOf(builder, 'product', node);
  const candidates = factors.map((link) => (link.inverse ? undefined : partsOf(builder, link.node)));
  const sizes = candidates.map((parts) => parts?.size ?? 0);
  const at = sizes.indexOf(Math.max(...sizes));
  return candidates[at]?.split(factors.filter((_, other) => other !== at));
}

interface Parts {
  readonly size: number;
  readonly split: (factors: readonly Link[]) => Split;
}

function partsOf(builder: GraphBuilder, node: number): Parts | undefined {
  if (!readsFeature(builder, node)) return undefined;
  const summands = linksOf(builder, 'sum', node);
  if (summands.length > 1) return { size: summands.length, split: (factors) => ({ kind: 'sum', factors, summands }) };
  const { sides, args } = operationOf(builder, node);
  return sides && { size: args.length, split: (factors) => ({ kind: sides, factors, node }) };
}

function operationOf(
  builder: GraphBuilder,
  index: number,
): { readonly args: readonly number[] } & Partial<Pick<(typeof OPERATIONS)['add'], 'chain' | 'sides'>> {
  const node = builder.node(index);
  if (node.kind !== 'op') return { args: [] };
  const { chain, sides } = OPERATIONS[node.op];
  return { args: node.args, chain, sides };
}

function readsFeature(builder: GraphBuilder, index: number, seen: Set<number> = new Set()): boolean {
  if (seen.has(index)) return false;
  seen.add(index);
  const node = builder.node(index);
  return node.kind === 'op' ? node.args.some((arg) => readsFeature(builder, arg, seen)) : node.kind === 'feature';
}
