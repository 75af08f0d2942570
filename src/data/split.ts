import type { SplitName } from './dataset.ts';

export const SPLITS: readonly SplitName[] = ['train', 'valid', 'test'];

/**
 * Rows of each split of an experiment with `n` step records in order of step id: the first 60 % train, the next 20 %
 * validate, the rest tests. Temporal, because neighbouring steps are nearly copies of each other.
 */
export function splitCounts(n: number): { readonly [S in SplitName]: number } {
  const train = Math.round(0.6 * n);
  const valid = Math.round(0.2 * n);
  return { train, valid, test: n - train - valid };
}

/** Half-open row range of each split, see {@link splitCounts}. */
export function splitRanges(n: number): { readonly [S in SplitName]: readonly [start: number, end: number] } {
  const { train, valid } = splitCounts(n);
  return { train: [0, train], valid: [train, train + valid], test: [train + valid, n] };
}
