import { mean } from '../numeric/index.ts';
import type { BlockErrors } from './types.ts';

/** Digits that are stored with every evaluation; more would tell nothing. */
const DIGITS = 6;

/**
 * Errors of an experiment in blocks of time as an evaluation stores them.
 *
 * @param rows that all blocks have together
 * @param errors percent, in order of time
 */
export function storedBlocks(weight: number, rows: number, errors: readonly number[]): BlockErrors {
  return { weight, rows, errors: errors.map((error) => Number(error.toPrecision(DIGITS))) };
}

/** The means of several errors of the same blocks. */
export function meanBlocks(all: readonly (readonly BlockErrors[])[]): readonly BlockErrors[] {
  const [first = [], ...others] = all;
  if (others.length === 0) return first;
  return first.map(({ weight, rows, errors }, at) =>
    storedBlocks(
      weight,
      rows,
      errors.map((_, block) => mean(all.map((each) => each[at]!.errors[block]!))),
    ),
  );
}
