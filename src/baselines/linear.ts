import { mean, solveSymmetric } from '../numeric/index.ts';

/** y ≈ intercept + Σ coefficient·column. */
export interface LinearModel {
  readonly intercept: number;
  readonly coefficients: Float64Array;
}

/**
 * Ordinary least squares with an intercept, in centred columns. A column that does not vary gets the coefficient 0; of
 * columns that depend on each other the solution of least norm is taken.
 */
export function ordinaryLeastSquares(columns: readonly Float64Array[], y: Float64Array): LinearModel {
  return ridge(columns, y, 0);
}

/**
 * Ridge regression: minimises Σ(y − p)² + alpha·Σ coefficient² over centred columns; the intercept is free of the penalty.
 *
 * Source: Hoerl and Kennard, "Ridge regression", Technometrics 12(1), 1970.
 */
export function ridge(columns: readonly Float64Array[], y: Float64Array, alpha: number): LinearModel {
  const n = columns.length;
  const means = columns.map(mean);
  const meanY = mean(y);
  const gram = new Float64Array(n * n);
  const moment = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const a = columns[i]!;
    for (let j = 0; j <= i; j++) {
      const b = columns[j]!;
      let sum = 0;
      for (let row = 0; row < y.length; row++) sum += (a[row]! - means[i]!) * (b[row]! - means[j]!);
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
    let sum = 0;
    for (let row = 0; row < y.length; row++) sum += (a[row]! - means[i]!) * (y[row]! - meanY);
    moment[i] = sum;
    gram[i * n + i] = gram[i * n + i]! + alpha;
  }
  const coefficients = solveSymmetric(gram, moment, n).x;
  const intercept = meanY - coefficients.reduce((sum, coefficient, i) => sum + coefficient * means[i]!, 0);
  return { intercept, coefficients };
}

/** Means and standard deviations (divided by n) of columns; a column that does not vary has scale 1. */
export interface Scaler {
  readonly means: readonly number[];
  readonly scales: readonly number[];
}

/** The scaler of some columns. */
export function fitScaler(columns: readonly Float64Array[]): Scaler {
  const means = columns.map(mean);
  const scales = columns.map((column, i) => {
    let sum = 0;
    for (const value of column) sum += (value - means[i]!) ** 2;
    const deviation = Math.sqrt(sum / column.length);
    // A column of one value has a deviation of rounding errors alone.
    return deviation > 1e-12 * Math.max(1, Math.abs(means[i]!)) ? deviation : 1;
  });
  return { means, scales };
}

/** Columns to mean 0 and deviation 1. */
export function standardise(columns: readonly Float64Array[], { means, scales }: Scaler): readonly Float64Array[] {
  return columns.map((column, i) => column.map((value) => (value - means[i]!) / scales[i]!));
}

/** Values of a linear model on rows. */
export function applyLinear(
  { intercept, coefficients }: LinearModel,
  columns: readonly Float64Array[],
  rows: number,
): Float64Array {
  const p = new Float64Array(rows).fill(intercept);
  for (const [i, column] of columns.entries()) {
    const coefficient = coefficients[i]!;
    for (let row = 0; row < rows; row++) p[row] = p[row]! + coefficient * column[row]!;
  }
  return p;
}
