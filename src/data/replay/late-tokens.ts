import { mean, median } from '../../numeric/index.ts';
import type { Served } from '../../serving/index.ts';
import type { ClientLoad } from '../clients/client-load.ts';
import type { ReplayWindow } from './windows.ts';

/** Share of a window's training requests that first tokens are compared of. */
const SHORTEST = 0.5;

/**
 * How much later than by a replay clients saw their first tokens, µs. Of a window of a log it is the median over those training
 * requests that have least to compute, where a step time that is wrong for long prompts does least; of a report the difference of
 * the means. Of the windows of a log it is the median again, of reports the least, as requests may have queued in other windows. Not
 * less than 0.
 *
 * @param served what came of each window.
 */
export function lateTokensUs(
  { requests, measured, splits }: ClientLoad,
  windows: readonly ReplayWindow[],
  served: readonly Served[],
): number {
  const late = windows.map(({ served: [from], observed: [start, end], report }, w) => {
    const { firstTokenUs, arrivalUs } = served[w]!.requests;
    const training = Math.max(0, Math.min(end, splits.train[1]) - start);
    const rows = Array.from({ length: training }, (_, k) => start + k);
    if (report !== undefined) {
      return 1000 * report.ttftMs.mean - mean(rows.map((r) => firstTokenUs[r - from]! - arrivalUs[r - from]!));
    }
    const newTokens = (r: number): number => requests.promptTokens[r]! - requests.cachedTokens![r]!;
    const lateUs = (r: number): number => measured!.firstTokenUs[r]! - firstTokenUs[r - from]!;
    const known = rows.filter((r) => Number.isFinite(lateUs(r))).sort((a, b) => newTokens(a) - newTokens(b) || a - b);
    return known.length === 0 ? Number.NaN : median(known.slice(0, Math.ceil(SHORTEST * known.length)).map(lateUs));
  });
  const known = late.filter(Number.isFinite);
  if (known.length === 0) return 0;
  return Math.max(0, measured === undefined ? Math.min(...known) : median(known));
}
