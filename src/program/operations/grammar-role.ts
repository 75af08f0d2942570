import type { OpName } from '../op-name.ts';

/** Mutations that draw an operation from a list. */
export type DrawnBy = 'bound' | 'combine' | 'curve' | 'graft';

/** How an operation passes a factor or an addend on to its arguments. */
export interface Passage {
  /** To one of the arguments, or to all of them. */
  readonly to: 'one' | 'all';
  /** Position of the first argument that takes it, and the position after the last. */
  readonly from: number;
  readonly until: number;
  /** A factor k of the result is a factor k ** power of the arguments. */
  readonly power: number;
}

/** How the built-in mutation operator treats an operation. It changes, moves and drops every operation that a parent has. */
export interface GrammarRole {
  /**
   * Whether a mutation may write it where no parent has it: drawn, in a template of an expression, in the place of a kindred one,
   * or left by simplification. Exponentials are written where they fall, as in 1 − exp(−x / c). An operation that only grows without
   * bound (sinh) is not: over the ranges that features have, nearly every use of it overflows, and attempts would be spent on programs
   * without a value. Models and people may write it.
   */
  readonly isWritten: boolean;
  /**
   * Its places in the lists that mutations draw from; more places make it more likely. A draw is an index into the list, so
   * any change of a place or of a list's length changes every later draw of a run, and with it all results.
   */
  readonly draws: Readonly<Partial<Record<DrawnBy, readonly number[]>>>;
  /** What may stand in its place: the same arguments, and a value of about the same size. A list to draw from, as above. */
  readonly kindred: readonly OpName[];
  /** How a factor in front of it, and an addend beside it, can be taken in by constants below; undefined where they cannot. */
  readonly factor: Passage | undefined;
  readonly addend: Passage | undefined;
  /** How a constant is called that it uses first: a suffix after the feature beside it, or a name where there is none. */
  readonly constantSuffix: string | undefined;
  readonly constantName: string;
}

export const TO_ALL: Passage = { to: 'all', from: 0, until: Infinity, power: 1 };
export const TO_ONE: Passage = { to: 'one', from: 0, until: Infinity, power: 1 };
export const TO_FIRST: Passage = { ...TO_ONE, until: 1 };
export const TO_BRANCHES: Passage = { ...TO_ALL, from: 1 };

/** Names for the constants of an operation that gives them no role of their own. */
export const OFFSET = { constantSuffix: undefined, constantName: 'offset' } as const;
export const LIMIT = { constantSuffix: 'Limit', constantName: 'limit' } as const;
/** Neither a factor nor an addend gets past it. */
export const STOPS = { factor: undefined, addend: undefined } as const;
