import { type Batch, batchSums, type BatchSums } from '../../serving/index.ts';

/** What one step does, summed over its requests. */
export interface StepWork extends BatchSums {
  /** Σ over the tokens of multi-token chunks of the positions that each attends to. */
  readonly chunkAttention: number;
}

export function workOf(batch: Batch): StepWork {
  const sums = batchSums(batch);
  const { prefillRequests, prefillTokens, decodeRequests, decodeTokens, contextTokens } = sums;
  // Hardly any step has chunks.
  const hasChunks = prefillTokens > prefillRequests || decodeTokens > decodeRequests;
  const chunkAttention = hasChunks ? chunkAttentionOf(batch) : 0;
  return { prefillRequests, prefillTokens, decodeRequests, decodeTokens, contextTokens, chunkAttention };
}

function chunkAttentionOf({ count, computedTokens, newTokens }: Batch): number {
  let sum = 0;
  for (let at = 0; at < count; at++) {
    const tokens = newTokens[at]!;
    if (tokens > 1) sum += tokens * (computedTokens[at]! + (tokens + 1) / 2);
  }
  return sum;
}
