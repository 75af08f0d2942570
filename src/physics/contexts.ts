import type { ContextSums } from './feature.ts';
import { type BatchRequest, requestSums } from './requests.ts';
import type { BatchState } from './state.ts';

const NAMES: readonly (keyof ContextSums)[] = [
  'kvTokens',
  'prefillKvTokens',
  'decodeKvTokens',
  'kvMax',
  'decodeKvMax',
  'kvVariance',
];

/**
 * The requests of a recorded batch as StepTime sees them: those that the step computes tokens for. Its rule tells the phase,
 * because what is fitted must be what is computed when it is used: a request prefills while its context is shorter than its
 * prompt. Step records count by another rule, no output so far. The two differ where a request comes back after a
 * preemption (it has output, and computes its prompt again), and under asynchronous scheduling in the step after the
 * prompt (the first token is not known yet).
 */
function requestsOf(state: BatchState, row: number): readonly BatchRequest[] {
  const requests: BatchRequest[] = [];
  for (let at = state.offsets[row]!; at < state.offsets[row + 1]!; at++) {
    const newTokens = state.newTokens[at]!;
    if (newTokens === 0) continue;
    requests.push({
      progressIndex: state.computedTokens[at]!,
      newTokens,
      inputLength: state.promptTokens[at]!,
      // Every request of a batch takes part in it, however little it has generated so far.
      outputLength: 1,
    });
  }
  return requests;
}

/** How many requests of each recorded batch the state holds. */
export function requestCounts(state: BatchState): Float64Array {
  return Float64Array.from({ length: state.offsets.length - 1 }, (_, row) => requestsOf(state, row).length);
}

/**
 * Figures of contexts from the state of requests.
 *
 * @param blockSize of the KV cache, tokens.
 */
export function contextSums(state: BatchState, blockSize: number): ContextSums {
  const rows = state.offsets.length - 1;
  const columns = Object.fromEntries(NAMES.map((name) => [name, new Float64Array(rows)])) as ContextSums;
  for (let row = 0; row < rows; row++) {
    const sums = requestSums(requestsOf(state, row), blockSize);
    for (const name of NAMES) columns[name][row] = sums[name];
  }
  return columns;
}
