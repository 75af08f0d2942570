import { pearson, quantile, type RowRange, weightedSpread } from '../numeric/index.ts';
import type { ExperimentMetrics } from './types.ts';

/** Rows of a table of its own, as a layout has them: arrays are indexed by row. */
export interface ScaledRows {
  readonly y: ArrayLike<number>;
  /** What errors are relative to; the absolute value of the target where absent. */
  readonly scale?: Float64Array | undefined;
  /** What each row counts; 1 where absent. */
  readonly rowWeights?: Float64Array | undefined;
}

/** No error is larger, so that its square is a number. */
const LARGEST = 1e100;

/** The error of a prediction as a share of what it is measured against. */
export function scaledError({ y, scale }: ScaledRows, p: number, row: number): number {
  const error = (p - y[row]!) / (scale?.[row] ?? Math.abs(y[row]!));
  return Math.min(Math.max(error, -LARGEST), LARGEST);
}

function weightOf({ rowWeights }: ScaledRows, row: number): number {
  return rowWeights?.[row] ?? 1;
}

/** Weighted mean of a figure of some rows' errors; 0 of rows that weigh nothing. */
function meanOf(
  rows: ScaledRows,
  p: ArrayLike<number>,
  [start, end]: RowRange,
  figure: (error: number) => number,
): number {
  let sum = 0;
  let total = 0;
  for (let row = start; row < end; row++) {
    const weight = weightOf(rows, row);
    if (weight === 0) continue;
    sum += weight * figure(scaledError(rows, p[row]!, row));
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}

/** Mean absolute error, percent. */
export function scaledMae(rows: ScaledRows, p: ArrayLike<number>, range: RowRange): number {
  return 100 * meanOf(rows, p, range, Math.abs);
}

/** Root mean squared error, percent. */
export function scaledRmse(rows: ScaledRows, p: ArrayLike<number>, range: RowRange): number {
  return 100 * Math.sqrt(meanOf(rows, p, range, (error) => error * error));
}

/** The metrics of a table of its own; figures of requests are those of rows without any, 0. */
export function scaledMetrics(id: string, rows: ScaledRows, p: ArrayLike<number>, range: RowRange): ExperimentMetrics {
  const [start, end] = range;
  const at = Array.from({ length: end - start }, (_, i) => start + i);
  const [predicted, observed] = [at.map((row) => p[row]!), at.map((row) => rows.y[row]!)];
  return {
    id,
    rows: at.length,
    mape: scaledMae(rows, p, range),
    mspe: 100 * meanOf(rows, p, range, (error) => error),
    pearson: finiteOr(pearson(predicted, observed), 0),
    p99: quantile(
      at.map((row) => 100 * Math.abs(scaledError(rows, p[row]!, row))),
      0.99,
    ),
    rmse: scaledRmse(rows, p, range),
    r2: determination(rows, p, range),
    e2eError: 0,
    prefillWeightedError: 0,
    decodeWeightedError: 0,
    e2eBlockError: 0,
  };
}

/** Share of the targets' variance that predictions explain; null where they do not vary. */
function determination(rows: ScaledRows, p: ArrayLike<number>, [start, end]: RowRange): number | null {
  const { mean, variance } = weightedSpread(rows.y, rows.rowWeights, [start, end]);
  if (!(variance > 0)) return null;
  let [squares, total] = [0, 0];
  for (let row = start; row < end; row++) {
    const error = Math.min(Math.max(p[row]! - rows.y[row]!, -LARGEST), LARGEST);
    squares += weightOf(rows, row) * error * error;
    total += weightOf(rows, row) * (rows.y[row]! - mean) * (rows.y[row]! - mean);
  }
  return 1 - squares / total;
}

function finiteOr(value: number, other: number): number {
  return Number.isFinite(value) ? value : other;
}
