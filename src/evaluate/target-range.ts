import type { RegressionTable } from '../data/index.ts';

/** The least and the greatest target. */
export interface TargetRange {
  readonly least: number;
  readonly greatest: number;
}

export function targetRange(y: Float64Array): TargetRange {
  let least = Number.POSITIVE_INFINITY;
  let greatest = 0;
  for (const value of y) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}

/** Whether a constant is all that can be learnt: all rows have one target, or all have the same features. */
export function isFlat({ least, greatest }: TargetRange, columns: readonly Float64Array[]): boolean {
  return least === greatest || columns.every((column) => column.every((value) => value === column[0]));
}

/** The same of a table. */
export function isFlatTable({ y, columns }: Pick<RegressionTable, 'y' | 'columns'>): boolean {
  return isFlat(targetRange(y), columns);
}
