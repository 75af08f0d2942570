import type { RowRange } from '../numeric/index.ts';
import type { FeatureTable } from '../program/index.ts';
import type { SplitName } from './dataset.ts';

/** One experiment of a table: what it is of, and which rows are its own. */
export interface TableExperiment {
  readonly id: string;
  readonly model: string;
  readonly workload: string;
  readonly tp: number;
  /** `<architecture>-tp<N>`: experiments of equal key share constants in scope `model`. */
  readonly modelKey: string;
  /** Weight of the experiment in the mean over experiments: 2 for mixture-of-experts models, else 1. */
  readonly weight: number;
  /** Row ranges of the splits; a split that was left out is empty. */
  readonly rows: { readonly [S in SplitName]: RowRange };
}

/**
 * Rows to fit and score, feature columns beside the target. Experiments are contiguous and in order; inside an
 * experiment rows ascend in time, train before valid before test. This is all that evaluation knows of the domain.
 */
export interface RegressionTable {
  readonly features: FeatureTable;
  /** One column for each feature, in the order of `features`. */
  readonly columns: readonly Float64Array[];
  /** Observed step time, µs. */
  readonly y: Float64Array;
  /** Weights of the sums over steps that give mean E2E (scheduled requests), TTFT (prefill) and ITL (decode requests). */
  readonly weights: { readonly e2e: Float64Array; readonly ttft: Float64Array; readonly itl: Float64Array };
  readonly experiments: readonly TableExperiment[];
}
