import { quantile } from '../../numeric/index.ts';
import type { StepRows } from '../rows.ts';

/** Kinds of batches that a step time is looked at apart in; a row may be of several. */
export const BATCH_REGIMES = ['all', 'decode', 'mixed', 'prefill', 'full', 'light', 'heavy'] as const;
export type BatchRegime = (typeof BATCH_REGIMES)[number];

/** For people. */
export const REGIME_MEANINGS: { readonly [R in BatchRegime]: string } = {
  all: 'every row',
  decode: 'no request prefills',
  mixed: 'some requests prefill, others decode',
  prefill: 'no request decodes',
  full: 'more than 85 % of the KV cache is in use',
  light: 'the lower third by requests, of rows that share constants',
  heavy: 'the upper third by requests',
};

/** Bounds of the thirds of rows by scheduled requests. */
export interface LoadThirds {
  /** A batch of so many requests or fewer is light. */
  readonly lightUpTo: number;
  /** A batch of so many requests or more is heavy. */
  readonly heavyFrom: number;
}

/** As LPIC's regime bound by memory has it. */
const FULL_USAGE = 0.85;

/** Scheduled requests of each row. */
function requestCounts({ steps }: StepRows): Float64Array {
  return steps.prefillRequests.map((count, row) => count + steps.decodeRequests[row]!);
}

/** The thirds of some rows; undefined where batches are so much of one size that there are none. */
export function loadThirds(parts: readonly StepRows[]): LoadThirds | undefined {
  const counts = parts.flatMap((part) => [...requestCounts(part)]);
  const [lightUpTo, heavyFrom] = [quantile(counts, 1 / 3), quantile(counts, 2 / 3)];
  return lightUpTo < heavyFrom ? { lightUpTo, heavyFrom } : undefined;
}

/** Share of the KV cache in use in each row; NaN where it is not known. */
function cacheUsage({ steps: { kvUsageRatio, kvBlocksTotal, kvBlocksFree } }: StepRows): Float64Array {
  return kvUsageRatio.map((ratio, row) => (Number.isNaN(ratio) ? 1 - kvBlocksFree[row]! / kvBlocksTotal[row]! : ratio));
}

/** Tells of each row whether it is of a regime. */
export type IsInRegime = { readonly [R in BatchRegime]: (row: number) => boolean };

/** @param thirds of the rows that share constants with these. */
export function regimesOfRows(rows: StepRows, thirds: LoadThirds | undefined): IsInRegime {
  const { prefillRequests, decodeRequests } = rows.steps;
  const requests = requestCounts(rows);
  const usage = cacheUsage(rows);
  return {
    all: () => true,
    decode: (row) => prefillRequests[row] === 0 && decodeRequests[row]! > 0,
    mixed: (row) => prefillRequests[row]! > 0 && decodeRequests[row]! > 0,
    prefill: (row) => prefillRequests[row]! > 0 && decodeRequests[row] === 0,
    full: (row) => usage[row]! > FULL_USAGE,
    light: (row) => thirds !== undefined && requests[row]! <= thirds.lightUpTo,
    heavy: (row) => thirds !== undefined && requests[row]! >= thirds.heavyFrom,
  };
}
