import { mean, pearson, quantile, type RowRange } from '../numeric/index.ts';
import { COMPARED_BLOCKS, timeBlocks } from './blocks.ts';
import type { ExperimentMetrics, ObjectiveName } from './types.ts';

/** Weights of sums over steps: scheduled requests, those that prefill (`ttft`) and those that decode (`itl`). */
export interface SumWeights {
  readonly e2e: ArrayLike<number>;
  readonly ttft: ArrayLike<number>;
  readonly itl: ArrayLike<number>;
}

/** What an error depends on. */
export type ObjectiveMetrics = Pick<ExperimentMetrics, 'mape' | 'e2eBlockError' | 'requests' | 'rmse'>;

/** An experiment's metrics and its weight in the mean over experiments. */
export interface WeightedMetrics<M extends ObjectiveMetrics = ExperimentMetrics> {
  readonly metrics: M;
  readonly weight: number;
}

/** An error of one experiment, percent, and its weight in means over experiments. */
export interface WeightedError {
  readonly error: number;
  readonly weight: number;
}

/** Experiments that make up the `e2e` and `replay` errors. */
const WORST = 3;
/** Weight of MAPE in these errors: it decides between programs whose other errors are equal, and no more. */
const TIE_BREAK = 1e-3;

/**
 * Metrics of predictions `p` (µs) against `y` over some rows of one experiment, which ascend in time. In percent, except
 * `pearson`. All arrays are indexed by row.
 */
export function experimentMetrics(
  id: string,
  p: ArrayLike<number>,
  y: ArrayLike<number>,
  weights: SumWeights,
  rows: RowRange,
): ExperimentMetrics {
  const [start, end] = rows;
  const n = end - start;
  const signed = new Float64Array(n);
  const predicted = new Float64Array(n);
  const observed = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    predicted[i] = p[start + i] as number;
    observed[i] = y[start + i] as number;
    signed[i] = (100 * ((predicted[i] as number) - (observed[i] as number))) / (observed[i] as number);
  }
  const absolute = signed.map(Math.abs);
  return {
    id,
    rows: n,
    mape: mean(absolute),
    mspe: mean(signed),
    pearson: pearson(predicted, observed),
    p99: quantile(absolute, 0.99),
    e2eError: sumError(p, y, weights.e2e, rows),
    prefillWeightedError: sumError(p, y, weights.ttft, rows),
    decodeWeightedError: sumError(p, y, weights.itl, rows),
    e2eBlockError: mean(timeBlocks(rows).map((block) => sumError(p, y, weights.e2e, block))),
  };
}

/** Errors in the blocks of time in which programs are compared, by an objective, percent. `p` and `y` are indexed by row. */
export function blockErrors(
  objective: ObjectiveName,
  p: ArrayLike<number>,
  y: ArrayLike<number>,
  e2e: ArrayLike<number>,
  rows: RowRange,
): readonly number[] {
  const errorOf = IS_BY_ROW[objective] ? meanError : sumError;
  return timeBlocks(rows, COMPARED_BLOCKS).map((block) => errorOf(p, y, e2e, block));
}

/** Whether the error of an experiment is a mean over rows; else it is one of sums over blocks. */
export const IS_BY_ROW: { readonly [O in ObjectiveName]: boolean } = {
  e2e: false,
  replay: false,
  mape: true,
  mse: true,
};

/** The metrics that an error depends on, as `experimentMetrics` gives them. */
export function objectiveMetrics(
  p: ArrayLike<number>,
  y: ArrayLike<number>,
  e2e: ArrayLike<number>,
  rows: RowRange,
): ObjectiveMetrics {
  return {
    mape: meanError(p, y, e2e, rows),
    e2eBlockError: mean(timeBlocks(rows).map((block) => sumError(p, y, e2e, block))),
  };
}

/** MAPE over some rows. */
function meanError(p: ArrayLike<number>, y: ArrayLike<number>, _w: ArrayLike<number>, [start, end]: RowRange): number {
  let absolute = 0;
  for (let i = start; i < end; i++) absolute += Math.abs((p[i] as number) / (y[i] as number) - 1);
  return (100 * absolute) / (end - start);
}

/** 100·|Σ w·p − Σ w·y| / Σ w·y; 0 where nothing was observed, as there is nothing to predict. */
function sumError(p: ArrayLike<number>, y: ArrayLike<number>, w: ArrayLike<number>, [start, end]: RowRange): number {
  let predicted = 0;
  let observed = 0;
  for (let i = start; i < end; i++) {
    predicted += (w[i] as number) * (p[i] as number);
    observed += (w[i] as number) * (y[i] as number);
  }
  return observed === 0 ? 0 : (100 * Math.abs(predicted - observed)) / observed;
}

/**
 * A program's error in percent by an objective, lower is better. `e2e`: mean of the three worst experiments' `e2eBlockError`,
 * plus a thousandth of the mean MAPE. `replay`: the same of `requests.replayError` where requests were observed. `mape`: mean MAPE; `mse`: mean `rmse`.
 * Means over experiments are weighted (mixture-of-experts models count double); which three are the worst is decided by their
 * errors alone.
 */
export function objectiveError(
  objective: ObjectiveName,
  experiments: readonly WeightedMetrics<ObjectiveMetrics>[],
): number {
  return ERRORS[objective](experiments);
}

const ERRORS: { readonly [O in ObjectiveName]: (experiments: readonly WeightedMetrics<ObjectiveMetrics>[]) => number } =
  {
    e2e: (experiments) => withTieBreak('e2e', experiments, (m) => m.e2eBlockError),
    replay: (experiments) => withTieBreak('replay', experiments, (m) => m.requests?.replayError ?? m.e2eBlockError),
    mape: (experiments) =>
      joinedError(
        'mape',
        errorsOf(experiments, (m) => m.mape),
      ),
    mse: (experiments) =>
      joinedError(
        'mse',
        errorsOf(experiments, (m) => m.rmse ?? m.mape),
      ),
  };

function withTieBreak(
  objective: ObjectiveName,
  experiments: readonly WeightedMetrics<ObjectiveMetrics>[],
  of: (metrics: ObjectiveMetrics) => number,
): number {
  const tieBreak = TIE_BREAK * weightedMean(errorsOf(experiments, (m) => m.mape));
  return joinedError(objective, errorsOf(experiments, of)) + tieBreak;
}

function errorsOf(
  experiments: readonly WeightedMetrics<ObjectiveMetrics>[],
  of: (metrics: ObjectiveMetrics) => number,
): readonly WeightedError[] {
  return experiments.map(({ metrics, weight }) => ({ error: of(metrics), weight }));
}

const IS_OF_WORST: { readonly [O in ObjectiveName]: boolean } = { e2e: true, replay: true, mape: false, mse: false };

/** What an objective makes of the errors of all experiments: the mean, or that of the three worst; without what breaks ties. */
export function joinedError(objective: ObjectiveName, errors: readonly WeightedError[]): number {
  if (!IS_OF_WORST[objective]) return weightedMean(errors);
  return weightedMean([...errors].sort((a, b) => b.error - a.error).slice(0, WORST));
}

function weightedMean(errors: readonly WeightedError[]): number {
  let sum = 0;
  let total = 0;
  for (const { error, weight } of errors) {
    sum += weight * error;
    total += weight;
  }
  return sum / total;
}
