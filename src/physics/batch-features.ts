import { evaluateColumns } from '../program/index.ts';
import type { ServingContext } from './architecture.ts';
import type { ContextSource, MeasuredName } from './feature.ts';
import { featureGraph } from './feature-graph.ts';
import { visibleFeatures } from './features.ts';
import { modelParameters } from './parameters.ts';
import type { RequestRows } from './request-rows.ts';
import { RequestTally } from './request-tally.ts';

/**
 * Feature columns of batches that are given by their requests, as StepTime sees them; see `RequestTally`.
 *
 * @param names features that programs may use; by default all.
 * @returns one column for each name, an entry for each batch.
 */
export function featuresOfBatches(
  requests: RequestRows,
  context: ServingContext,
  names?: readonly string[],
  contexts: ContextSource = 'blocks',
): Record<string, Float64Array> {
  const wanted = names ?? visibleFeatures(contexts).map(({ name }) => name);
  const batches = requests.offsets.length - 1;
  const sums = batchSums(requests, context.blockSize);
  const values = evaluateColumns(featureGraph(wanted, contexts), { ...modelParameters(context), ...sums }, {}, batches);
  return Object.fromEntries(wanted.map((name, at) => [name, values[at]!.slice()]));
}

function batchSums(requests: RequestRows, blockSize: number): Record<MeasuredName, Float64Array> {
  const tally = new RequestTally(blockSize);
  const all = Array.from({ length: requests.offsets.length - 1 }, (_, batch) => {
    tally.clear();
    for (let at = requests.offsets[batch]!; at < requests.offsets[batch + 1]!; at++) {
      tally.add(requests.context[at]!, requests.newTokens[at]!, requests.promptTokens[at]!);
    }
    return tally.sums();
  });
  const names = Object.keys(tally.sums()) as MeasuredName[];
  return Object.fromEntries(
    names.map((name) => [name, Float64Array.from(all, (sums) => sums[name])] as const),
  ) as Record<MeasuredName, Float64Array>;
}
