import { type BatchGrid, batchGrid, type BatchLimits, featuresOfBatches, floorUs } from '../physics/index.ts';
import { contextSource } from './request-state.ts';
import { modelKey, servingContext } from './context.ts';
import type { Dataset, Experiment } from './dataset.ts';
import { engineOf } from './replay/engine-of.ts';

/** What physics says of batches of one model on its GPUs that nobody measured. */
export interface TableFloor {
  readonly modelKey: string;
  readonly grid: BatchGrid;
  /** One column for each feature of the table, an entry for each batch of the grid. */
  readonly columns: readonly Float64Array[];
  /** The least time that each batch can take, µs. */
  readonly floorUs: Float64Array;
  /** Why it is not to be gone by. */
  readonly questioned?: string;
}

/** How many training rows of a model are faster than its hardware could be. */
export interface FloorEvidence {
  readonly experiment: Experiment;
  readonly rows: number;
  readonly below: number;
}

/** Where more of the training rows than this share lie below the floor, they or the counts beside them mean something else. */
const MOST_BELOW = 0.05;
/** Longest context where nobody says what the limit is, tokens. */
const USUAL_CONTEXT = 8192;
/** Points of each curve of the grid that fits go by. */
const FIT_POINTS = 6;

/** The floors of each model of a dataset, in the order of their first experiments. */
export function tableFloors(
  dataset: Dataset,
  names: readonly string[],
  evidence: readonly FloorEvidence[],
): readonly TableFloor[] {
  return floorsOf(dataset, names, FIT_POINTS).map((floor) => {
    const own = evidence.filter(({ experiment }) => modelKey(experiment) === floor.modelKey);
    const rows = own.reduce((sum, part) => sum + part.rows, 0);
    const below = own.reduce((sum, part) => sum + part.below, 0);
    if (below <= MOST_BELOW * rows) return floor;
    return { ...floor, questioned: `${below} of ${rows} training rows are faster than the hardware at its peak` };
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
  };
}
