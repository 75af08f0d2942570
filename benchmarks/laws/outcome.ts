import type { Verdict } from './judge.ts';
import type { Task } from './problem.ts';

/** What a way of searching gives. */
export interface Answer {
  /** Programs that were scored by a linear fit at least. */
  readonly candidates: number;
  /** Of ours: how many of them had a full fit, and how many were drafts; the others are terms that a program lacks. */
  readonly fitted?: number;
  readonly drafts?: number;
  /** From before its first candidate to its answer. */
  readonly cpuSeconds: number;
  /** Of ours, by our measure. */
  readonly operations?: number;
  readonly formula: string;
  /** Predictions on test rows, and on wide ones. */
  readonly test: Float64Array;
  readonly wide: Float64Array;
}

/** Who searches. */
export const SEARCHERS = ['evolve', 'operon'] as const;
export type Searcher = (typeof SEARCHERS)[number];

/** One search, in a process of its own. */
export interface Job extends Task {
  readonly searcher: Searcher;
  readonly seconds: number;
  /** Which python has pyoperon. */
  readonly python: string;
}

/** What came of a search: an answer that was judged, or why there is none. */
export type Outcome = Omit<Answer, 'test' | 'wide'> & Verdict;
export type Row = Job & ({ readonly outcome: Outcome } | { readonly failure: string });
