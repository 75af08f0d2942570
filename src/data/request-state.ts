import {
  concatRequests,
  type ContextSource,
  type ContextSums,
  contextSums,
  gatherRequests,
  requestCounts,
  type RequestRows,
  requestRowsOfState,
} from '../physics/index.ts';
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

/** Whether the requests of every batch are known, recorded or replayed, so that programs may read reductions over them. */
export function knowsRequests({ experiments }: Dataset): boolean {
  const known = experiments.some(({ steps, replay }) => steps !== undefined || replay !== undefined);
  return (
    known &&
    recordsAllRequests(experiments) &&
    experiments.every(({ replay }) => replay === undefined || replay.requests !== undefined)
  );
}

/** Whether the state of every request was recorded wherever steps were, so that it is worth while to keep the requests of replays. */
export function recordsAllRequests(experiments: readonly Experiment[]): boolean {
  return experiments.every((experiment) => experiment.steps === undefined || hasWholeState(experiment));
}

/**
 * The requests of some batches of an experiment, in the order of the rows given; undefined where they are not known.
 *
 * @param of what the rows are of; where both are there, of the step records.
 */
export function requestsOfRows(
  { steps, state, replay }: Experiment,
  rows: ArrayLike<number>,
  of: 'steps' | 'replay' = steps === undefined ? 'replay' : 'steps',
): RequestRows | undefined {
  if (of === 'replay') return replay?.requests && gatherRequests(replay.requests, rows);
  return state === undefined ? undefined : requestRowsOfState(state, rows);
}

/** Rows of the step records of an experiment, or of its replay. */
interface PartOfRows {
  readonly experiment: Experiment;
  readonly rows: ArrayLike<number>;
  /** There where the rows are those of the replay. */
  readonly replayed?: object | undefined;
}

/** The requests of the rows of several experiments, one after another; undefined where the dataset does not know all of them. */
export function requestsOfParts(dataset: Dataset, parts: readonly PartOfRows[]): RequestRows | undefined {
  if (!knowsRequests(dataset)) return undefined;
  return concatRequests(
    parts.flatMap(
      ({ experiment, rows, replayed }) =>
        requestsOfRows(experiment, rows, replayed === undefined ? 'steps' : 'replay') ?? [],
    ),
  );
}
