/** The sum in order; 0 of nothing. */
export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  return sum(values) / values.length;
}

/** The middle value, or the mean of the two middle values; NaN of nothing. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * Quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996; the default of NumPy and R).
 * `q` in 0…1; NaN of nothing, and of values that include NaN.
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), q);
}

/** `quantile` of values that ascend already. */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number {
  const n = sorted.length;
  if (n === 0 || Number.isNaN(sorted[n - 1])) return Number.NaN;
  const position = Math.min(Math.max(q, 0), 1) * (n - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, n - 1)] as number;
  return position === below ? low : low + (position - below) * (high - low);
}

/**
 * Pearson's correlation coefficient; 0 where one of the two does not vary, NaN of nothing. Throws a RangeError for unequal
 * lengths.
 */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`pearson() needs equal lengths, not ${a.length} and ${b.length}`);
  if (a.length === 0) return Number.NaN;
  const meanA = mean(a);
  const meanB = mean(b);
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const da = (a[i] as number) - meanA;
    const db = (b[i] as number) - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}

/**
 * The smallest value at which the weights of the values up to it reach half the total: a minimiser of Σ w·|v − m|.
 * NaN of nothing. Weights must not be negative. Throws a RangeError for unequal lengths.
 */
export function weightedMedian(values: ArrayLike<number>, weights: ArrayLike<number>): number {
  if (values.length !== weights.length) {
    throw new RangeError(`weightedMedian() needs equal lengths, not ${values.length} and ${weights.length}`);
  }
  const order = Array.from({ length: values.length }, (_, i) => i).sort(
    (i, j) => (values[i] as number) - (values[j] as number),
  );
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i] as number;
  let reached = 0;
  for (const i of order) {
    reached += weights[i] as number;
    if (reached >= total / 2) return values[i] as number;
  }
  return Number.NaN;
}
