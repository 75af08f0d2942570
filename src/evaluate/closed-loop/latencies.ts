import type { LatencyFigures } from '../../data/index.ts';
import { mean, quantile, type RowRange, sum } from '../../numeric/index.ts';

/** What clients see of a load. */
export interface ClientFigures {
  /** Time to the first token; null where it is not known of any request, as in the others. */
  readonly ttftMs: LatencyFigures | null;
  /** Mean time between tokens of a request, over requests of two tokens and more. */
  readonly itlMs: LatencyFigures | null;
  /** Time to the last token. */
  readonly e2eMs: LatencyFigures | null;
  /** Requests that were served in a second, from the first arrival to the last token. */
  readonly requestsPerS: number | null;
  /** Null where it is not known. */
  readonly preemptions: number | null;
}

/** Times of requests as columns of equal length, µs; NaN where not known. */
export interface RequestTimes {
  readonly arrivalUs: Float64Array;
  readonly firstTokenUs: Float64Array;
  readonly lastTokenUs: Float64Array;
  readonly outputTokens: Float64Array;
  readonly preemptions: Float64Array;
}

/**
 * Figures over some requests.
 *
 * @param range the requests; those that lack a time are left out of what it belongs to.
 */
export function clientFigures(times: RequestTimes, [start, end]: RowRange): ClientFigures {
  const { arrivalUs, firstTokenUs, lastTokenUs, outputTokens, preemptions } = times;
  const rows = Array.from({ length: end - start }, (_, at) => start + at);
  const known = (of: (row: number) => number): readonly number[] => rows.map(of).filter(Number.isFinite);
  const arrivals = known((row) => arrivalUs[row]!);
  const ends = known((row) => lastTokenUs[row]!);
  // Logs have more requests than a call has room for arguments.
  const lastUs = ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const spanUs = lastUs - arrivals.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const preempted = known((row) => preemptions[row]!);
  return {
    ttftMs: latencyFigures(known((row) => firstTokenUs[row]! - arrivalUs[row]!)),
    itlMs: latencyFigures(
      known((row) =>
        outputTokens[row]! > 1 ? (lastTokenUs[row]! - firstTokenUs[row]!) / (outputTokens[row]! - 1) : Number.NaN,
      ),
    ),
    e2eMs: latencyFigures(known((row) => lastTokenUs[row]! - arrivalUs[row]!)),
    requestsPerS: spanUs > 0 && Number.isFinite(spanUs) ? ends.length / (spanUs / 1e6) : null,
    preemptions: preempted.length === 0 ? null : sum(preempted),
  };
}

function latencyFigures(us: readonly number[]): LatencyFigures | null {
  if (us.length === 0) return null;
  const ms = Float64Array.from(us, (time) => time / 1000);
  return { mean: mean(ms), p50: quantile(ms, 0.5), p90: quantile(ms, 0.9), p99: quantile(ms, 0.99) };
}
