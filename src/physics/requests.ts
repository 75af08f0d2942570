import type { ServingContext } from './architecture.ts';
import { featuresOfSums } from './compute.ts';
import type { ContextSource, MeasuredName } from './feature.ts';
import { RequestTally } from './request-tally.ts';

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

/** The request sums of a batch; see `RequestTally`. A request that has no output and nothing to prefill takes no part. */
export function requestSums(requests: readonly BatchRequest[], blockSize: number): { [N in MeasuredName]: number } {
  const tally = new RequestTally(blockSize);
  for (const { progressIndex, newTokens, inputLength, outputLength } of requests) {
    if (progressIndex < inputLength || outputLength > 0) tally.add(progressIndex, newTokens, inputLength);
  }
  return tally.sums();
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
