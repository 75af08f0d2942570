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
