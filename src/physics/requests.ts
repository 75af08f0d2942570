import type { ServingContext } from './architecture.ts';
import { featuresOfSums } from './compute.ts';
import type { ContextSource, MeasuredName } from './feature.ts';

/** What StepTime sees of a request. */
export interface BatchRequest {
  /** Context length: tokens computed before this step. */
  readonly progressIndex: number;
  /** Tokens that this step computes. */
  readonly newTokens: number;
  /** Prompt length. */
  readonly inputLength: number;
  /** Length of the output. */
  readonly outputLength: number;
}

/**
 * The request sums of a batch. A request prefills while its context is shorter than its prompt; otherwise it decodes if
 * it has output, and takes no part in the step if it has none. Context is rounded up to whole KV blocks in `kvTokens`, as a
 * step record counts it; a record also holds the blocks of the step's new tokens and counts shared prefix blocks once.
 */
export function requestSums(requests: readonly BatchRequest[], blockSize: number): { [N in MeasuredName]: number } {
  const sums = {
    prefillTokens: 0,
    decodeTokens: 0,
    prefillRequests: 0,
    decodeRequests: 0,
    kvTokens: 0,
    prefillKvTokens: 0,
    decodeKvTokens: 0,
    kvMax: 0,
    decodeKvMax: 0,
  };
  const contexts: number[] = [];
  for (const { progressIndex, newTokens, inputLength, outputLength } of requests) {
    if (progressIndex < inputLength) {
      sums.prefillTokens += newTokens;
      sums.prefillRequests += 1;
      sums.prefillKvTokens += progressIndex;
    } else if (outputLength > 0) {
      sums.decodeTokens += newTokens;
      sums.decodeRequests += 1;
      sums.decodeKvTokens += progressIndex;
      sums.decodeKvMax = Math.max(sums.decodeKvMax, progressIndex);
    } else continue;
    sums.kvTokens += Math.ceil(progressIndex / blockSize) * blockSize;
    sums.kvMax = Math.max(sums.kvMax, progressIndex);
    contexts.push(progressIndex);
  }
  return { ...sums, kvVariance: varianceOf(contexts) };
}

/**
 * Population variance of whole numbers; 0 of none. Differences from a whole number near the mean keep every term whole, so
 * that nothing is rounded before the last division and the order does not matter (up to 10¹⁰ for 1,000 numbers).
 */
function varianceOf(values: readonly number[]): number {
  const n = values.length;
  if (n === 0) return 0;
  const origin = Math.floor(values.reduce((a, b) => a + b) / n);
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value - origin;
    squares += (value - origin) ** 2;
  }
  return (n * squares - sum * sum) / (n * n);
}

/** Features of a batch of requests: the reference that generated code is tested against. */
export function featuresOfRequests(
  requests: readonly BatchRequest[],
  context: ServingContext,
  names?: readonly string[],
  contexts: ContextSource = 'blocks',
): Record<string, number> {
  return featuresOfSums(requestSums(requests, context.blockSize), context, names, contexts);
}
