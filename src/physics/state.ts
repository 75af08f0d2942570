/**
 * What each request of a batch had when the step was scheduled. The order is the one in which the columns are stored and
 * hashed.
 */
const STATE_COLUMNS = {
  computedTokens: 'tokens in the KV cache before the step: of the prompt, cached ones among them, and of the output',
  newTokens: 'tokens computed in the step',
  promptTokens: 'tokens of the prompt',
  outputTokens: 'tokens generated before the step; 0 while the prompt is computed',
  preemptions: 'how often it was preempted before',
} as const;

export type StateColumn = keyof typeof STATE_COLUMNS;

export const STATE_COLUMN_NAMES: readonly StateColumn[] = Object.freeze(Object.keys(STATE_COLUMNS) as StateColumn[]);

/**
 * Exact state of the requests of each recorded step, as an instrumented engine logs it. The requests of row `r` of the step
 * records stand from `offsets[r]` up to `offsets[r + 1]`. Features count on all requests of the batch; one that the step computes
 * no token for may stand among them, and is none of it. Counts are integers of 32 bits: a trace has millions of them.
 */
export type BatchState = { readonly [K in StateColumn]: Int32Array } & {
  /** Rows of the step records and one, ascending from 0. */
  readonly offsets: Float64Array;
};
