import type { Notation } from './formula.ts';
import type { Interval } from './interval.ts';
import type { IrNode } from './ir.ts';
import type { OpName } from './op-name.ts';
import type {
  Chain,
  Continuity,
  Degree,
  Domain,
  Keeps,
  LiteralOf,
  Nesting,
  Noticed,
  Sides,
  Tangent,
} from './operations/columns.ts';
import type { GrammarRole } from './operations/grammar-role.ts';
import type { GoSpelling, JavaScriptSpelling, Spelling } from './spelling.ts';

export type OpKind = 'arithmetic' | 'function' | 'comparison' | 'logical' | 'select';

/** What a derivative rule needs of a graph builder; nodes are indices. */
export interface Emitter {
  number(value: number): number;
  op(op: OpName, ...args: number[]): number;
  /** The value of a number node, undefined for every other node. */
  literal(node: number): number | undefined;
}

/** What a rule of rewriting may ask of the nodes made so far; operations that it makes are rewritten in their turn. */
export interface Rewriter extends Emitter {
  node(index: number): IrNode;
  /** The value of a condition that does not depend on any input. */
  truth(condition: number): boolean | undefined;
  /** The value of an expression of numbers alone. */
  value(node: number): number | undefined;
  isNeverNegative(node: number): boolean;
}

/** What an operation becomes, given its arguments; undefined where it stays. */
export type Rule = (args: readonly number[], rewriter: Rewriter) => number | undefined;

/**
 * One row of the table of operations: all that any stage of the project knows of an operation, but for its WebAssembly code,
 * which the kernel printer has in a table of its own. There are no optional columns, so that a new row answers every question.
 */
export interface Operation {
  /** Number of arguments; `many` is two or more. */
  readonly arity: number | 'many';
  /** Comparisons and logical operations give booleans; logical ones and the first argument of `select` take them. */
  readonly kind: OpKind;
  readonly commutative: boolean;

  /** Signs between or before arguments that the parser reads as this operation, the one that is printed first. */
  readonly symbols: readonly string[];
  /** Whether it is read as a function of `Math` with the operation's name, and named so to those who write programs. */
  readonly isMathFunction: boolean;
  /** Position of the argument in which a number of the text stays a number, whatever it is; elsewhere it becomes a constant. */
  readonly numberAt: number | undefined;

  /** Reference semantics on doubles; booleans are 1 and 0. */
  readonly evaluate: (args: readonly number[]) => number;
  /** Whether all kernels give the bits of `evaluate` on every platform; others may be off by two units in the last place. */
  readonly isExact: boolean;
  /** Encloses every result that arguments inside the given intervals can give; `areOne` says that all of them are one value. */
  readonly interval: (args: readonly Interval[], areOne: boolean) => Interval;

  /**
   * Forward rule: the tangent of the result from the tangents of the arguments. Piecewise operations select a tangent
   * instead of multiplying by 0 or 1, so that an infinite slope on the side that was not taken does no harm.
   */
  readonly derivative: (emit: Emitter, args: readonly number[], tangents: readonly number[], self: number) => number;
  /** What the forward rule does with tangents. */
  readonly tangent: Tangent;
  /** How the value moves where the arguments move continuously. */
  readonly continuity: Continuity;
  /** How the result depends on constants, from how the arguments do; called where one of them does. */
  readonly dependence: (args: readonly Degree[]) => Degree;

  /** Of the result `above` is noticed; what then is noticed of the argument `at`. */
  readonly notices: (above: Noticed, at: number, literal: LiteralOf) => Noticed;
  /** Where it has no finite value for finite arguments; undefined where it always has. Overflow does not count. */
  readonly domain: (literal: LiteralOf) => Domain | undefined;
  /** Whether the result is a whole number, from whether the arguments are. */
  readonly whole: Keeps;
  /** Whether the result is 0 or at least 1, from whether the arguments are. */
  readonly zeroOrMore: Keeps;
  /**
   * Arguments of one unit give a result in that unit to this power: 1 keeps it, a square root halves it. Undefined where the
   * unit of the result does not follow so: products, conditions, and what takes pure numbers alone.
   */
  readonly unitPower: number | undefined;

  /** Local rule of simplification. Wherever every intermediate value of the original is finite, the value stays the same. */
  readonly rewrite: Rule | undefined;
  /** What it is to a chain of terms or factors. */
  readonly chain: Chain | undefined;
  /** Whether one inside the other is flattened. */
  readonly nesting: Nesting;
  /** Whether its arguments are sides of one value, and what each has of it. */
  readonly sides: Sides | undefined;
  /** The operation that gives the same with the arguments exchanged, and stands for this one in the canonical key. */
  readonly mirrorOf: OpName | undefined;

  /** Spelling in a program's text. */
  readonly source: Spelling;
  /** Spelling in the reference kernel. */
  readonly javascript: JavaScriptSpelling;
  readonly go: GoSpelling;
  /** Spelling in Python, for numbers and for arrays of NumPy. */
  readonly python: Spelling;
  /** Notation on paper, for LaTeX and MathML. */
  readonly formula: Notation;

  /** What the built-in mutation operator does with it. */
  readonly grammar: GrammarRole;
}

/** A check of structure: boolean results are comparisons and logical operations. */
export function givesBoolean(kind: OpKind): boolean {
  return kind === 'comparison' || kind === 'logical';
}
