import type { RowRange } from './columns.ts';

/** Mean and variance of some rows of a column, each row counting what its weight says; NaN of none. Not corrected for their number. */
export function weightedSpread(
  values: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
  [start, end]: RowRange,
): { readonly mean: number; readonly variance: number } {
  let [sum, total] = [0, 0];
  for (let row = start; row < end; row++) {
    const weight = weights?.[row] ?? 1;
    sum += weight * values[row]!;
    total += weight;
  }
  const mean = sum / total;
  let squares = 0;
  for (let row = start; row < end; row++) {
    const off = values[row]! - mean;
    squares += (weights?.[row] ?? 1) * off * off;
  }
  return { mean, variance: squares / total };
}
