import { type FeatureKind, STEP_COLUMNS } from '../physics/index.ts';
import { featuresOf, unavailableFeatures } from './available-features.ts';
import type { Dataset, Experiment, MeasuredLatency, SplitName } from './dataset.ts';
import { SPLITS, splitCounts, splitRanges } from './split.ts';
import { targetRows } from './target.ts';

/** Rows of each split. */
type SplitCounts = { readonly [S in SplitName]: number };

/** One experiment of a dataset. */
export interface ExperimentDescription {
  /** Id of the experiment. */
  readonly id: string;
  /** As in its name. */
  readonly model: string;
  /** As in its name. */
  readonly workload: string;
  /** Tensor parallelism, GPUs. */
  readonly tp: number;
  /** 0 for a summary-only experiment. */
  readonly rows: number;
  /** Records of each split. */
  readonly split: SplitCounts;
  /** First and last step id of the test rows; null where there are none. */
  readonly testIds: readonly [first: number, last: number] | null;
  /** Records of each split whose next step was recorded too. */
  readonly cyclePairs: SplitCounts;
  /** Rows that a target leaves out because it is not a positive number; absent where there are none. */
  readonly dropped?: { readonly cycle: number; readonly duration: number };
  readonly measured?: MeasuredLatency;
}

/** The document of `evolve data describe --json`. */
export interface DatasetDescription {
  /** In order of id. */
  readonly experiments: readonly ExperimentDescription[];
  /** What programs may use. */
  readonly features: readonly {
    /** As in `batch.name`. */
    readonly name: string;
    /** `1` for a pure number. */
    readonly unit: string;
    /** One line. */
    readonly meaning: string;
    readonly kind: FeatureKind;
  }[];
  /** Features that programs cannot use on these data; absent where there are none. */
  readonly unavailable?: readonly {
    /** As in `batch.name`. */
    readonly name: string;
    /** Columns that were not recorded, e.g. `kv.blocks_total_gpu`. */
    readonly missing: readonly string[];
  }[];
  /** SHA-256 of the data, hex. */
  readonly hash: string;
}

/** What is in a dataset: experiments with their splits, and the features that programs may use. */
export function describeDataset(dataset: Dataset): DatasetDescription {
  const unavailable = unavailableFeatures(dataset).map(({ feature, missing }) => ({
    name: feature.name,
    missing: missing.map((column) => STEP_COLUMNS[column]),
  }));
  return {
    experiments: dataset.experiments.map(describeExperiment),
    features: featuresOf(dataset).map(({ name, unit, meaning, kind }) => ({ name, unit, meaning, kind })),
    ...(unavailable.length > 0 && { unavailable }),
    hash: dataset.hash,
  };
}

function describeExperiment({ id, model, workload, tp, steps, measured }: Experiment): ExperimentDescription {
  const rows = steps?.stepId.length ?? 0;
  const ranges = splitRanges(rows);
  const cycle = steps ? targetRows(steps, 'cycle') : undefined;
  const pairs = (split: SplitName): number =>
    (cycle?.index ?? new Int32Array()).filter((row) => row >= ranges[split][0] && row < ranges[split][1]).length;
  const dropped = { cycle: cycle?.dropped ?? 0, duration: steps ? targetRows(steps, 'duration').dropped : 0 };
  const [testStart, testEnd] = ranges.test;
  return {
    id,
    model,
    workload,
    tp,
    rows,
    split: splitCounts(rows),
    testIds: testEnd > testStart ? [steps!.stepId[testStart]!, steps!.stepId[testEnd - 1]!] : null,
    cyclePairs: Object.fromEntries(SPLITS.map((split) => [split, pairs(split)])) as SplitCounts,
    ...((dropped.cycle > 0 || dropped.duration > 0) && { dropped }),
    ...(measured && { measured }),
  };
}
