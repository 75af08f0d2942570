import type { ContextSums } from './feature.ts';
import { RequestTally } from './request-tally.ts';
import type { BatchState } from './state.ts';

/** The sums that the state of requests gives. */
export const CONTEXT_SUMS: readonly (keyof ContextSums)[] = [
  'kvTokens',
  'prefillKvTokens',
  'decodeKvTokens',
  'kvMax',
  'decodeKvMax',
  'kvVariance',
];

/**
 * Adds up the requests that a recorded step computes tokens for. StepTime's rule tells the phase, because what is fitted must be
 * what is computed when it is used: a request prefills while its context is shorter than its prompt. Step records count by
 * another rule, no output so far. The two differ where a request comes back after a preemption (it has output, and computes
 * its prompt again), and under asynchronous scheduling in the step after the prompt (the first token is not known yet).
 */
function tallyRow(tally: RequestTally, state: BatchState, row: number): void {
  tally.clear();
  for (let at = state.offsets[row]!; at < state.offsets[row + 1]!; at++) {
    if (state.newTokens[at] === 0) continue;
    tally.add(state.computedTokens[at]!, state.newTokens[at]!, state.promptTokens[at]!);
  }
}

/** How many requests of each recorded batch the state holds; those that the step computes nothing for are none of it. */
export function requestCounts({ offsets, newTokens }: BatchState): Float64Array {
  return Float64Array.from({ length: offsets.length - 1 }, (_, row) =>
    newTokens.subarray(offsets[row], offsets[row + 1]).reduce((count, tokens) => count + Math.min(tokens, 1), 0),
  );
}

/**
 * Figures of contexts from the state of requests.
 *
 * @param blockSize of the KV cache, tokens.
 */
export function contextSums(state: BatchState, blockSize: number): ContextSums {
  const rows = state.offsets.length - 1;
  const columns = Object.fromEntries(CONTEXT_SUMS.map((name) => [name, new Float64Array(rows)])) as ContextSums;
  const tally = new RequestTally(blockSize);
  for (let row = 0; row < rows; row++) {
    tallyRow(tally, state, row);
    const sums = tally.sums();
    for (const name of CONTEXT_SUMS) columns[name][row] = sums[name];
  }
  return columns;
}
