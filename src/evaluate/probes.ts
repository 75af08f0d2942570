import type { RegressionTable } from '../data/index.ts';
import type { Random } from '../numeric/index.ts';

/** How far a blend may reach beyond its two rows, as a share of their distance. */
const REACH = 0.5;
/** Step of the paired perturbation, relative. */
const RAISE = 0.05;
/** The growth of a request in a larger batch, and of their number. */
export const GROWTH: number = 1 + RAISE;
/** What features grow by with the size of a batch, by their units. */
const SIZE_UNITS: ReadonlyMap<string, number> = new Map([
  ['tokens', GROWTH],
  ['requests', GROWTH],
  ['µs', GROWTH],
  ['tokens²', GROWTH ** 2],
]);

/** A point on the line through two rows: at `t` of the way from `a` to `b`. */
export interface Blend {
  readonly a: number;
  readonly b: number;
  readonly t: number;
}

/** Points on the lines through two random rows, reaching beyond the second. */
export function drawBlends(rows: readonly number[], count: number, random: Random): readonly Blend[] {
  if (rows.length === 0) return [];
  return Array.from({ length: count }, () => ({
    a: random.pick(rows),
    b: random.pick(rows),
    t: (1 + REACH) * random.uniform(),
  }));
}

/** Values of a column at some points, clipped to its range. */
export function blendColumn(
  blends: readonly Blend[],
  column: Float64Array,
  [low, high]: readonly [number, number],
): Float64Array {
  return Float64Array.from(blends, ({ a, b, t }) => {
    const value = (column[a] as number) + t * ((column[b] as number) - (column[a] as number));
    return Math.min(Math.max(value, low), high);
  });
}

/**
 * Columns of rows that were not measured but might be: blends of random rows of the group, clipped to the features' ranges. Features
 * of a batch depend on each other (a GEMM time is linear in tokens), so drawing each alone from its range would give batches that
 * cannot exist; blends keep every linear relation.
 */
export function blendRows(
  { features, columns }: Pick<RegressionTable, 'features' | 'columns'>,
  rows: readonly number[],
  count: number,
  random: Random,
): readonly Float64Array[] {
  return blendColumns({ features, columns }, drawBlends(rows, count, random));
}

export function blendColumns(
  { features, columns }: Pick<RegressionTable, 'features' | 'columns'>,
  blends: readonly Blend[],
): readonly Float64Array[] {
  const anywhere = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
  return columns.map((column, k) => blendColumn(blends, column, features[k]?.range ?? anywhere));
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
