import type { RegressionTable } from '../data/index.ts';

/** The least and the greatest target. */
export interface TargetRange {
  readonly least: number;
  readonly greatest: number;
}

export function targetRange(y: Float64Array): TargetRange {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (const value of y) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { least, greatest };
}

/** Targets that differ by less than this share are one: differences of clock readings are not exact. */
const SAME = 1e-9;

/** Why a constant is all that can be learnt; undefined where there is more. */
export function whyFlat({ least, greatest }: TargetRange, columns: readonly Float64Array[]): string | undefined {
  if (greatest - least <= SAME * Math.max(Math.abs(greatest), Math.abs(least))) return 'all rows have the same target';
  if (columns.every((column) => column.every((value) => value === column[0]))) return 'all rows are the same';
  return undefined;
}

/** The same of a table. */
export function whyFlatTable({ y, columns }: Pick<RegressionTable, 'y' | 'columns'>): string | undefined {
  return whyFlat(targetRange(y), columns);
}
