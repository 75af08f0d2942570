import type { BatchSums } from './batch-sums.ts';

/** In what respect a batch grows. */
export type Growth = 'prefillTokens' | 'decodeRequests' | 'context';

const SHARE = 1.05;

/** A batch that is larger in one respect; undefined where there is nothing to grow. */
export const GROW: { readonly [G in Growth]: (batch: BatchSums, blockSize: number) => BatchSums | undefined } = {
  prefillTokens: (batch) =>
    batch.prefillTokens === 0
      ? undefined
      : { ...batch, prefillTokens: Math.max(batch.prefillTokens + 1, Math.round(batch.prefillTokens * SHARE)) },
  decodeRequests: (batch) => ({
    ...batch,
    decodeRequests: batch.decodeRequests + 1,
    decodeTokens: batch.decodeTokens + 1,
    kvTokens: batch.kvTokens + batch.kvTokens / Math.max(requestsOf(batch), 1),
    ...withMeanContext(batch),
  }),
  context: (batch, blockSize) => {
    const kvTokens = Math.max(batch.kvTokens + blockSize, batch.kvTokens * SHARE);
    return { ...batch, kvTokens, ...withLongerContexts(batch, kvTokens) };
  },
};

function requestsOf({ prefillRequests, decodeRequests }: BatchSums): number {
  return prefillRequests + decodeRequests;
}

/** One decoding request more, whose context is the mean of the batch: the sum of squared deviations stays. */
function withMeanContext(batch: BatchSums): Partial<BatchSums> {
  const { prefillKvTokens = 0, decodeKvTokens = 0, decodeKvMax = 0, kvVariance = 0 } = batch;
  if (batch.kvMax === undefined) return {};
  const n = requestsOf(batch);
  const mean = (prefillKvTokens + decodeKvTokens) / Math.max(n, 1);
  return {
    decodeKvTokens: decodeKvTokens + mean,
    decodeKvMax: Math.max(decodeKvMax, mean),
    kvVariance: (kvVariance * n) / (n + 1),
  };
}

/** All contexts longer by the factor of their sum in blocks; where there is none, one request gets it all. */
function withLongerContexts(batch: BatchSums, kvTokens: number): Partial<BatchSums> {
  const { prefillKvTokens = 0, decodeKvTokens = 0, kvMax, decodeKvMax = 0, kvVariance = 0 } = batch;
  if (kvMax === undefined) return {};
  if (kvMax > 0) {
    const factor = kvTokens / batch.kvTokens;
    return {
      prefillKvTokens: prefillKvTokens * factor,
      decodeKvTokens: decodeKvTokens * factor,
      kvMax: kvMax * factor,
      decodeKvMax: decodeKvMax * factor,
      kvVariance: kvVariance * factor ** 2,
    };
  }
  const n = Math.max(requestsOf(batch), 1);
  const decodes = batch.decodeRequests > 0;
  return {
    ...(decodes ? { decodeKvTokens: kvTokens, decodeKvMax: kvTokens } : { prefillKvTokens: kvTokens }),
    kvMax: kvTokens,
    kvVariance: kvTokens ** 2 * (1 / n - 1 / n ** 2),
  };
}
