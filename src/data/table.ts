import type { RowRange } from '../numeric/index.ts';
import type { BatchGrid, RequestRows } from '../physics/index.ts';
import type { FeatureTable } from '../program/index.ts';
import type { SplitName } from './dataset.ts';

/** What laws carry over to: another model, kind of GPU, generation of GPUs, or engine. */
export const SYSTEM_PARTS = ['model', 'hardware', 'generation', 'engine'] as const;
export type SystemPart = (typeof SYSTEM_PARTS)[number];

/**
 * Names of the parts of a serving system. Models of equal dimensions are one, whatever they are called, since a step takes as long with
 * the weights of one as with those of the other: `deepseek-r1/deepseek-v3`.
 */
export type SystemKeys = { readonly [P in SystemPart]: string };

/**
 * One experiment of a table: what it is of, and which rows are its own. An experiment whose steps were recorded and whose clients
 * were observed has two entries of one id, in one group: first that of its steps, then that of its clients, which alone has
 * `observations`. Each has half the weight.
 */
export interface TableExperiment {
  readonly id: string;
  readonly model: string;
  readonly workload: string;
  readonly tp: number;
  /** `<architecture>-tp<N>-<hardware>`: experiments of equal key share constants in scope `model`. */
  readonly modelKey: string;
  /**
   * Weight in the mean over experiments: 2 for mixture-of-experts models, else 1; half of it where the experiment has two entries. Of serving points: their
   * number, as a multiple of its mean over experiments, so that each point counts alike.
   */
  readonly weight: number;
  /** What of the serving system it is of, by the ways in which data is held out; absent in a table of its own. */
  readonly system?: SystemKeys;
  /** Standard deviation of the target over training rows, whichever rows the table holds; of rows of a table of its own. */
  readonly deviation?: number;
  /** Row ranges of the splits; a split that was left out is empty. */
  readonly rows: { readonly [S in SplitName]: RowRange };
  /**
   * Ranges of the table's observations by the split of their request; absent where steps were measured. Those of reports train and
   * validate alike.
   */
  readonly observations?: { readonly [S in SplitName]: RowRange };
}

/** What a measured sum of step times is of. */
export const OBSERVED = ['ttft', 'itl', 'e2e'] as const;
export type Observed = (typeof OBSERVED)[number];

/**
 * Measured sums of step times, as columns of equal length: a request's time to its first token, from its first token to its last,
 * or both together. A sum begins in row `start`, of which `head` steps count, and goes on over all steps of the rows up to `end`,
 * which is not part of it. The rows are of one experiment.
 */
export interface Observations {
  /** Index into {@link OBSERVED}. */
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  /** 0 up to the steps of the row; a fraction where the request arrived within a step. */
  readonly head: Float64Array;
  readonly end: Int32Array;
  /** What was measured, µs. */
  readonly y: Float64Array;
  /** Output tokens that came out in this time. */
  readonly tokens: Float64Array;
  /** Absent where all of them were measured one by one. */
  readonly reports?: ReportColumns;
}

/** Of observations that were reported together, as columns beside them; `y` of each is then the mean that was reported. */
export interface ReportColumns {
  /** Which of its experiment's reports an observation is of, ascending within a kind; −1 where it was measured by itself. */
  readonly of: Int32Array;
  /** The 90th percentile that was reported, in the unit of `y`; NaN where none was, or it was measured by itself. */
  readonly p90: Float64Array;
}

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

/**
 * Rows to fit and score, feature columns beside the target. Experiments are contiguous and in order; inside an
 * experiment rows ascend in time, train before valid before test. This is all that evaluation knows of the domain.
 */
export interface RegressionTable {
  readonly features: FeatureTable;
  /** One column for each feature, in the order of `features`. */
  readonly columns: readonly Float64Array[];
  /** Observed step time, µs; in a table of its own the target's column. */
  readonly y: Float64Array;
  /** What the error of each row is measured against, above 0, in the unit of `y`; the target itself where absent. */
  readonly scale?: Float64Array;
  /** What each row counts beside the others of its experiment, 0 or more; 1 where absent. */
  readonly rowWeights?: Float64Array;
  /** Weights of sums over steps: all scheduled requests (`e2e`), those that prefill (`ttft`) and those that decode (`itl`). */
  readonly weights: { readonly e2e: Float64Array; readonly ttft: Float64Array; readonly itl: Float64Array };
  readonly experiments: readonly TableExperiment[];
  /** What physics says of batches that nobody measured, for each model; absent where the rows are no steps of an engine. */
  readonly floors?: readonly TableFloor[];
  /** The requests of each row's batch, where they are known in every experiment: what reductions over requests read. */
  readonly requests?: RequestRows;
  /** How many equal steps in a row each row stands for; 1 where absent. */
  readonly steps?: Float64Array;
  /** Sums that were measured where single steps were not; the experiments say which are theirs. */
  readonly observations?: Observations;
}
