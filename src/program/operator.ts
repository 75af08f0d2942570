import type { Layout } from './formula.ts';
import type { Interval } from './interval.ts';
import type { Spelling } from './spelling.ts';

/** Every operation of the language. Booleans are the results of comparisons and logical operations; `select` chooses by one. */
export type OpName =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'neg'
  | 'pow'
  | 'min'
  | 'max'
  | 'abs'
  | 'sqrt'
  | 'cbrt'
  | 'exp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'log2'
  | 'log10'
  | 'hypot'
  | 'tanh'
  | 'floor'
  | 'ceil'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'eq'
  | 'ne'
  | 'and'
  | 'or'
  | 'not'
  | 'select';

export type OpKind = 'arithmetic' | 'function' | 'comparison' | 'logical' | 'select';

/** What a derivative rule needs of a graph builder; nodes are indices. */
export interface Emitter {
  number(value: number): number;
  op(op: OpName, ...args: number[]): number;
  /** The value of a number node, undefined for every other node. */
  literal(node: number): number | undefined;
}

/** One row of the operator table: all that the project knows of an operation. */
export interface OpDefinition {
  /** Number of arguments; `many` is two or more. */
  readonly arity: number | 'many';
  /** Comparisons and logical operations give booleans; logical ones and the first argument of `select` take them. */
  readonly kind: OpKind;
  readonly commutative: boolean;
  /** Reference semantics on doubles; booleans are 1 and 0. */
  readonly evaluate: (args: readonly number[]) => number;
  /**
   * Forward rule: the tangent of the result from the tangents of the arguments. Piecewise operations select a tangent
   * instead of multiplying by 0 or 1, so that an infinite slope on the side that was not taken does no harm.
   */
  readonly derivative: (emit: Emitter, args: readonly number[], tangents: readonly number[], self: number) => number;
  /** Encloses every result that arguments inside the given intervals can give. */
  readonly interval: (args: readonly Interval[]) => Interval;
  /** Spelling in a program's text. */
  readonly source: Spelling;
  /** Spelling in the reference kernel; its arguments are always names or numbers. */
  readonly javascript: Spelling;
  /** `statement`: Go has no such expression, so its printer writes an if statement. */
  readonly go: Spelling | 'statement';
  /** Layout on paper, for LaTeX and MathML. */
  readonly formula: Layout;
}

/** A check of structure: boolean results are comparisons and logical operations. */
export const givesBoolean = (kind: OpKind): boolean => kind === 'comparison' || kind === 'logical';
