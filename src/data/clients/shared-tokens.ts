import type { Experiment } from '../dataset.ts';
import { splitRanges } from '../split.ts';
import { servedRows } from './served-rows.ts';

/**
 * Tokens of each prompt whose KV blocks other requests hold too, in whole blocks: what requests with such lengths would have in the cache
 * less what step records have in use, for each request of a batch. Training records and training requests tell it.
 *
 * @returns 0 where it is not known, or less than a block.
 */
export function sharedTokens({
  requests,
  steps,
  blockSize,
}: Pick<Experiment, 'requests' | 'steps' | 'blockSize'>): number {
  if (requests === undefined || steps === undefined) return 0;
  const { kvBlocksTotal, kvBlocksFree, prefillRequests, decodeRequests } = steps;
  let used = 0;
  let running = 0;
  for (let row = 0; row < splitRanges(steps.stepId.length).train[1]; row++) {
    used += (kvBlocksTotal[row]! - kvBlocksFree[row]!) * blockSize;
    running += prefillRequests[row]! + decodeRequests[row]!;
  }
  let held = 0;
  let served = 0;
  let cached = Number.POSITIVE_INFINITY;
  const rows = servedRows(requests);
  for (const row of rows.slice(0, splitRanges(rows.length).train[1])) {
    const output = requests.outputTokens[row]!;
    // It is in as many batches as it has output tokens, and its last block is half full.
    held += output * (requests.promptTokens[row]! + output / 2 + blockSize / 2);
    served += output;
    if (requests.cachedTokens[row]! > 0) cached = Math.min(cached, requests.cachedTokens[row]!);
  }
  const shared = Math.min(held / served - used / running, cached);
  return shared >= blockSize && Number.isFinite(shared) ? Math.round(shared / blockSize) * blockSize : 0;
}
