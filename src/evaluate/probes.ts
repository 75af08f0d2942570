import type { RegressionTable } from '../data/index.ts';
import type { Random } from '../numeric/index.ts';

/** How far a blend may reach beyond its two rows, as a share of their distance. */
const REACH = 0.5;
/** Step of the paired perturbation, relative. */
const RAISE = 0.05;
/** What features grow by with the size of a batch, by their units. */
const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['tokens', 1 + RAISE],
  ['requests', 1 + RAISE],
  ['µs', 1 + RAISE],
  ['tokens²', (1 + RAISE) ** 2],
]);

/**
 * Columns of rows that were not measured but might be: points on the lines through two random rows of the group, reaching
 * beyond both, clipped to the features' ranges. Features of a batch depend on each other (a GEMM time is linear in tokens), so
 * drawing each alone from its range would give batches that cannot exist; blends keep every linear relation.
 */
export function blendRows(
  { features, columns }: Pick<RegressionTable, 'features' | 'columns'>,
  rows: readonly number[],
  count: number,
  random: Random,
): readonly Float64Array[] {
  if (rows.length === 0) return [];
  const lines = Array.from({ length: count }, () => ({
    a: random.pick(rows),
    b: random.pick(rows),
    t: (1 + REACH) * random.uniform(),
  }));
  return columns.map((column, k) => {
    const [low, high] = features[k]?.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    return Float64Array.from(lines, ({ a, b, t }) => {
      const value = (column[a] as number) + t * ((column[b] as number) - (column[a] as number));
      return Math.min(Math.max(value, low), high);
    });
  });
}

/** Columns of rows for batches that are 5 % larger: all features in tokens, requests or µs are raised together. */
export function raiseTokens(
  { features, columns }: Pick<RegressionTable, 'features' | 'columns'>,
  rows: readonly number[],
): readonly Float64Array[] {
  return columns.map((column, k) => {
    const factor = SIZE_UNITS.get(features[k]?.unit ?? '') ?? 1;
    return Float64Array.from(rows, (row) => (column[row] as number) * factor);
  });
}
