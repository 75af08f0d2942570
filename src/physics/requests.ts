import type { ServingContext } from './architecture.ts';
import { featuresOfSums } from './compute.ts';
import type { MeasuredName } from './feature.ts';

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
 * it has output, and takes no part in the step if it has none. Context is rounded up to whole KV blocks, as a step
 * record counts it; a record also holds the blocks of the step's new tokens and counts shared prefix blocks once.
 */
export function requestSums(requests: readonly BatchRequest[], blockSize: number): { [N in MeasuredName]: number } {
  const sums = { prefillTokens: 0, decodeTokens: 0, prefillRequests: 0, decodeRequests: 0, kvTokens: 0 };
  for (const request of requests) {
    if (request.progressIndex < request.inputLength) {
      sums.prefillTokens += request.newTokens;
      sums.prefillRequests += 1;
    } else if (request.outputLength > 0) {
      sums.decodeTokens += request.newTokens;
      sums.decodeRequests += 1;
    } else continue;
    sums.kvTokens += Math.ceil(request.progressIndex / blockSize) * blockSize;
  }
  return sums;
}

/** Features of a batch of requests: the reference that generated code is tested against. */
export function featuresOfRequests(
  requests: readonly BatchRequest[],
  context: ServingContext,
  names?: readonly string[],
): Record<string, number> {
  return featuresOfSums(requestSums(requests, context.blockSize), context, names);
}
