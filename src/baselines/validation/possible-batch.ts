import { type BatchRequest, requestSums } from '../../physics/index.ts';
import type { Interval } from '../../program/index.ts';
import type { BatchSums, SumRanges } from './batch-sums.ts';

/** How many shares make a batch. */
export function shareCount(ranges: SumRanges): number {
  return ranges.kvMax === undefined ? 5 : 8;
}

/**
 * A batch that can exist, from shares of the ranges: whole numbers, at least one request, and at least one token for each
 * request.
 *
 * @param shares of the tokens and the requests of the phases; then of the context as a whole or, where contexts of single
 * requests have ranges, of the longest context of each phase and of the others beside it.
 */
export function batchAt(shares: ArrayLike<number>, ranges: SumRanges, blockSize: number): BatchSums {
  const share = (at: number): number => Math.min(Math.max(shares[at] ?? 0, 0), 1);
  const within = (at: number, { lo, hi }: Interval): number => Math.round(lo + share(at) * (hi - lo));
  const prefillTokens = within(0, ranges.prefillTokens);
  const decodeTokens = within(1, ranges.decodeTokens);
  const prefillRequests = Math.min(within(2, ranges.prefillRequests), prefillTokens);
  const decodes = Math.min(within(3, ranges.decodeRequests), decodeTokens);
  const none = prefillRequests + decodes === 0;
  const decodeRequests = none ? 1 : decodes;
  const counted = {
    prefillTokens: prefillRequests > 0 ? prefillTokens : 0,
    prefillRequests,
    decodeTokens: decodes > 0 ? decodeTokens : none ? 1 : 0,
    decodeRequests,
  };
  if (ranges.kvMax === undefined) return { ...counted, kvTokens: within(4, ranges.kvTokens) };
  const prefill = phaseContexts(prefillRequests, ranges.kvMax, ranges.prefillKvTokens, share(4), share(5));
  const decode = phaseContexts(decodeRequests, ranges.decodeKvMax, ranges.decodeKvTokens, share(6), share(7));
  const sumsOf = (factor: number): BatchSums => ({
    ...requestSums([...prefill.map(prefilling(factor)), ...decode.map(decoding(factor))], blockSize),
    ...counted,
  });
  const whole = sumsOf(1);
  // Figures of both phases together have ranges of their own: shorter contexts are within them.
  const factor = Math.min(
    excess(whole.kvTokens, ranges.kvTokens),
    Math.sqrt(excess(whole.kvVariance, ranges.kvVariance)),
  );
  return factor < 1 ? sumsOf(factor) : whole;
}

/** One request with the longest context, all others with another one, so that neither it nor the sum leaves its range. */
function phaseContexts(
  requests: number,
  longest: Interval | undefined,
  sum: Interval | undefined,
  longestShare: number,
  othersShare: number,
): readonly number[] {
  const most = sum?.hi ?? 0;
  const first = longestShare * Math.min(longest?.hi ?? 0, most);
  const others = othersShare * Math.min(first, (most - first) / Math.max(requests - 1, 1));
  return Array.from({ length: requests }, (_, at) => (at === 0 ? first : others));
}

function prefilling(factor: number): (context: number) => BatchRequest {
  return (context) => {
    const progressIndex = Math.floor(factor * context);
    return { progressIndex, newTokens: 1, inputLength: progressIndex + 1, outputLength: 1 };
  };
}

function decoding(factor: number): (context: number) => BatchRequest {
  return (context) => ({ progressIndex: Math.floor(factor * context), newTokens: 1, inputLength: 0, outputLength: 1 });
}

/** What a figure is to be multiplied by to be within its range. */
function excess(value: number | undefined, range: Interval | undefined): number {
  return value === undefined || range === undefined || value <= range.hi ? 1 : range.hi / value;
}
