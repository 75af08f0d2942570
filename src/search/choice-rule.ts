/** Errors below, in percent, are equal: what is left of an exact fit is rounding. */
const EXACT_PERCENT = 1e-6;

/** Level of the interval that says whether two programs tie. */
export const TIE_LEVEL = 0.95;

/** A difference that is surely below this share of the error is of no use, however sure it is that there is one. */
export const IRRELEVANT = 0.05;

/** Share of validation rows that 90 % intervals hold at least, chance aside. */
export const LEAST_COVERAGE = 0.85;

/** A pick made on fewer validation rows, or requests, says so. */
export const FEW_ROWS = 30;

/** By which rule a program is picked. Whatever shows the rule has it from here, and a test compares the documents with it. */
export const PICK_RULE: string = `the smallest program that ties with the lowest validation error: the ${100 * TIE_LEVEL} % interval of the difference, over the same blocks of time and joined over experiments as the objective does, includes 0 or stays within ${100 * IRRELEVANT} % of that error`;

/** What the rule says of special cases, a sentence each. */
export const PICK_DETAILS: readonly string[] = [
  'Smallest means fewest operations, then fewest features.',
  'Of one block that lies far from the others of its experiment only as much counts as of the next.',
  'Errors below 1e-6 % are equal.',
  `A program that fails a gate, has a constant that no group of the data tells from 0, or holds surely less than ${100 * LEAST_COVERAGE} % of validation rows in its 90 % intervals, is picked only where all do; then one that may be exported comes first.`,
  `A pick on fewer than ${FEW_ROWS} validation rows says so.`,
];

/** An error, in percent, without what is rounding. */
export function resolved(error: number): number {
  return error < EXACT_PERCENT ? 0 : error;
}
