import type { Accepted } from '../evaluate/index.ts';
import type { Origin, SearchRejectReason } from '../search/index.ts';

/** A program that was evaluated in a run. Errors in percent. */
export interface LoggedProgram {
  readonly id: string;
  readonly origin: Origin;
  readonly source: string;
  readonly error: number;
  readonly validationError: number;
}

/** A seed program with its evaluation. */
export interface LoggedSeed extends LoggedProgram {
  readonly evaluation: Accepted;
}

/** How a run stood after a generation. */
export interface GenerationFigures {
  readonly generation: number;
  /** The lowest error on training rows so far, and what that program has on validation rows. */
  readonly error: number;
  readonly validationError: number;
}

/** A program that lowered the best error of the run. */
export interface Improvement {
  readonly generation: number;
  readonly id: string;
  readonly operator: string;
  readonly mutation: string;
  readonly error: number;
}

/** What one mutation of an operator has brought. */
export interface OperatorFigures {
  readonly operator: string;
  readonly mutation: string;
  readonly proposed: number;
  readonly evaluated: number;
  /** Programs that joined the Pareto front when they came. */
  readonly front: number;
  /** Programs that filled an empty niche or replaced an elite. */
  readonly niches: number;
  /** Programs that lowered the best error of the run. */
  readonly best: number;
}

/** Proposals that were rejected for one reason, with the first few details. */
export interface RejectionFigures {
  readonly reason: SearchRejectReason;
  readonly count: number;
  readonly examples: readonly { readonly mutation: string; readonly detail: string; readonly source: string }[];
}

/** What the log of a run tells beyond its present state. */
export interface RunHistory {
  readonly programs: ReadonlyMap<string, LoggedProgram>;
  readonly seeds: readonly LoggedSeed[];
  readonly generations: readonly GenerationFigures[];
  readonly improvements: readonly Improvement[];
  /** Those with the most front programs first. */
  readonly operators: readonly OperatorFigures[];
  /** The most frequent reason first. */
  readonly rejections: readonly RejectionFigures[];
}
