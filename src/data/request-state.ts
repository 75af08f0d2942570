import { type ContextSource, type ContextSums, contextSums, requestCounts } from '../physics/index.ts';
import type { Dataset, Experiment } from './dataset.ts';

/**
 * How a dataset knows the contexts of requests: from their state where every experiment with step records has the state of
 * every request of every batch, else from KV blocks, for all experiments alike. So a feature means one thing in a dataset, and
 * an export computes what was fitted.
 */
export function contextSource(dataset: Dataset): ContextSource {
  const known = sources.get(dataset);
  if (known !== undefined) return known;
  const stepped = dataset.experiments.filter(({ steps }) => steps !== undefined);
  const isExact = stepped.length > 0 && stepped.every(hasWholeState);
  const source = isExact && dataset.experiments.every(({ replay }) => replay === undefined) ? 'requests' : 'blocks';
  sources.set(dataset, source);
  return source;
}

/** Datasets never change, and every experiment of one asks. */
const sources = new WeakMap<Dataset, ContextSource>();

/** Whether the state holds as many requests for each batch as its step record counts. */
function hasWholeState({ steps, state }: Experiment): boolean {
  if (steps === undefined || state === undefined) return false;
  const { prefillRequests, decodeRequests } = steps;
  return requestCounts(state).every((count, row) => count === prefillRequests[row]! + decodeRequests[row]!);
}

/** Figures of the contexts of an experiment's batches, one for each step record; undefined where they come from KV blocks. */
export function contextsOf(dataset: Dataset, { state, blockSize }: Experiment): ContextSums | undefined {
  return state !== undefined && contextSource(dataset) === 'requests' ? contextSums(state, blockSize) : undefined;
}
