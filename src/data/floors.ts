import { batchGrid, type BatchLimits, featuresOfBatches, floorUs, type ServingContext } from '../physics/index.ts';
import { contextSource } from './request-state.ts';
import { modelKey, servingContext } from './context.ts';
import type { Dataset, Experiment } from './dataset.ts';
import type { SplitObservations } from './replay/observations.ts';
import { OBSERVED, type TableFloor } from './table.ts';
import { engineOf } from './replay/engine-of.ts';

/** How many of an experiment's training times are shorter than its hardware could make them. */
export interface FloorEvidence {
  readonly experiment: Experiment;
  /** Times of steps, or between the tokens of a request where single steps were not measured. */
  readonly times: number;
  readonly below: number;
}

/**
 * Where more of the training times than this share lie below the floor, they mean something else, or the model or its hardware are
 * others than was said: cached prompt tokens were counted, steps overlap, tokens come several at a time, weights are quantised.
 */
const MOST_BELOW = 0.05;
/** Longest context where nobody says what the limit is, tokens. */
const USUAL_CONTEXT = 8192;
/** Points of each curve of the grid that fits go by; fewer where many models have one, which bound the same constants. */
const FIT_POINTS = 6;
const MANY_MODELS = 24;
const FIT_POINTS_OF_MANY = 2;

/** The floors of each model of a dataset, in the order of their first experiments. */
export function tableFloors(
  dataset: Dataset,
  names: readonly string[],
  evidence: readonly FloorEvidence[],
): readonly TableFloor[] {
  const models = new Set(dataset.experiments.map(modelKey)).size;
  return floorsOf(dataset, names, models > MANY_MODELS ? FIT_POINTS_OF_MANY : FIT_POINTS).map((floor) => {
    const own = evidence.filter(({ experiment }) => modelKey(experiment) === floor.modelKey);
    const times = own.reduce((sum, part) => sum + part.times, 0);
    const below = own.reduce((sum, part) => sum + part.below, 0);
    if (below <= MOST_BELOW * times) return floor;
    return {
      ...floor,
      questioned: `${below} of ${times} training times are shorter than the hardware needs at its peak`,
    };
  });
}

/**
 * The same on a grid of one's own, without a look at the rows.
 *
 * @param points on each curve.
 */
export function floorsOf(dataset: Dataset, names: readonly string[], points: number): readonly TableFloor[] {
  const members = new Map<string, Experiment[]>();
  for (const experiment of dataset.experiments) {
    const key = modelKey(experiment);
    members.set(key, [...(members.get(key) ?? []), experiment]);
  }
  return [...members].map(([key, experiments]) => {
    const [first] = experiments as [Experiment];
    const context = servingContext(dataset, first);
    const grid = batchGrid(limitsOf(dataset, experiments), points);
    const features = featuresOfBatches(grid.requests, context, names, contextSource(dataset));
    return {
      modelKey: key,
      grid,
      columns: names.map((name) => features[name]!),
      floorUs: floorUs(grid.requests, context),
    };
  });
}

/** How often the tokens of training requests came faster than one reading of the weights would let them. */
export function tokensBelowFloor(
  { observations: { kind, y, tokens }, ranges: { train } }: SplitObservations,
  context: ServingContext,
): Omit<FloorEvidence, 'experiment'> {
  const one = { offsets: Float64Array.of(0, 1), context: Uint8Array.of(0), promptTokens: Uint8Array.of(0) };
  const [least = 0] = floorUs({ ...one, newTokens: Uint8Array.of(1) }, context);
  let [times, below] = [0, 0];
  for (let at = train[0]; at < train[1]; at++) {
    if (kind[at] !== OBSERVED.indexOf('itl')) continue;
    times++;
    if (y[at]! < least * tokens[at]!) below++;
  }
  return { times, below };
}

/** What any of the experiments allows. */
function limitsOf(dataset: Dataset, experiments: readonly Experiment[]): BatchLimits {
  const all = experiments.map((experiment) => engineOf(experiment, servingContext(dataset, experiment)).settings);
  const most = (of: (settings: (typeof all)[number]) => number): number => Math.max(...all.map(of));
  const contextTokens = most(({ maxModelLen }) => maxModelLen);
  return {
    tokenBudget: most(({ maxNumBatchedTokens }) => maxNumBatchedTokens),
    requests: most(({ maxNumSeqs }) => maxNumSeqs),
    contextTokens: Number.isFinite(contextTokens) ? contextTokens : USUAL_CONTEXT,
    kvTokens: most(({ kvBlocks, blockSize }) => kvBlocks * blockSize),
    blockSize: most(({ blockSize }) => blockSize),
  };
}
