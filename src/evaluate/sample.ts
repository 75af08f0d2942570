import type { Random } from '../numeric/index.ts';

/**
 * Some of the rows, in their order: one from each of `count` strata of equal size by ascending target, so that rare slow
 * steps are in it. All rows where there are no more than `count`.
 */
export function stratifiedSample(
  rows: readonly number[],
  y: Float64Array,
  count: number,
  random: Random,
): readonly number[] {
  if (rows.length <= count) return rows;
  const ascending = [...rows].sort((a, b) => (y[a] as number) - (y[b] as number) || a - b);
  const chosen = Array.from({ length: count }, (_, k) => {
    const from = Math.floor((k * rows.length) / count);
    const to = Math.floor(((k + 1) * rows.length) / count);
    return ascending[from + random.integer(to - from)] as number;
  });
  return chosen.sort((a, b) => a - b);
}
