import type { Batch } from './batch.ts';

/** A step as it begins; what it holds is of that moment, and changes with the next step. */
export interface EngineStep {
  readonly rank: number;
  readonly startUs: number;
  /** When it, or the last of several equal ones, ends. */
  readonly endUs: number;
  readonly batch: Batch;
  /** Requests that run, those among them that the budget left out of the batch. */
  readonly running: number;
  /** Requests that wait, the next one first. */
  readonly waiting: () => readonly number[];
  /** Requests that were preempted to make the batch. */
  readonly preempted: number;
}

/**
 * Sees an engine at work, each thing as it happens; nothing that it does changes what is served. Requests go by their row, times are
 * µs on the clock of the arrivals. Where equal steps are taken together, it sees the first token of each request and those that end one
 * of them.
 */
export interface EngineObserver {
  /** A request is taken from those waiting, for the first time or after a preemption. */
  scheduled?(request: number, nowUs: number): void;
  /** A request has to wait again; `computedTokens` of it were in the KV cache. */
  preempted?(request: number, computedTokens: number, nowUs: number): void;
  stepBegins?(step: EngineStep): void;
  /** A request has so many output tokens; with the last one it has left. */
  token?(request: number, outputTokens: number, nowUs: number): void;
  /** The step of a rank is over, and so many requests have left. */
  stepEnds?(rank: number, finished: number, nowUs: number): void;
  /** No rank has anything to do until the next request comes. */
  idle?(nowUs: number, untilUs: number): void;
}
