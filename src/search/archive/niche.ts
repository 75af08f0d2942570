import type { Size } from './entry.ts';

/**
 * The grid of MAP-Elites (Mouret & Clune 2015, arXiv:1504.04909): complexity × number of features. The ranges are fixed,
 * so a niche means the same in every run; what lies outside belongs to the nearest bin.
 */
export const GRID = {
  operations: { bins: 10, first: 1, width: 5 },
  features: { bins: 5, first: 1, width: 3 },
} as const;

export const NICHES: number = GRID.operations.bins * GRID.features.bins;

function bin(value: number, axis: { bins: number; first: number; width: number }): number {
  return Math.min(axis.bins - 1, Math.max(0, Math.floor((value - axis.first) / axis.width)));
}

/** Index of the niche, 0 … NICHES − 1; features vary fastest. */
export function nicheOf({ operations, features }: Size): number {
  return bin(operations, GRID.operations) * GRID.features.bins + bin(features, GRID.features);
}
