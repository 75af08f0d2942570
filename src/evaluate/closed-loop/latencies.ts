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

/** Something of each latency. */
export interface OfLatencies<T> {
  readonly ttftMs: T;
  readonly itlMs: T;
  readonly e2eMs: T;
}

/** Latencies of one request, µs; NaN where a time is not known, or a request has no second token. */
export const LATENCY_US: { readonly [K in keyof OfLatencies<unknown>]: (times: RequestTimes, row: number) => number } =
  Object.freeze({
    ttftMs: ({ arrivalUs, firstTokenUs }, row) => firstTokenUs[row]! - arrivalUs[row]!,
    itlMs: ({ firstTokenUs, lastTokenUs, outputTokens }, row) =>
      outputTokens[row]! > 1 ? (lastTokenUs[row]! - firstTokenUs[row]!) / (outputTokens[row]! - 1) : Number.NaN,
    e2eMs: ({ arrivalUs, lastTokenUs }, row) => lastTokenUs[row]! - arrivalUs[row]!,
  });

/** Latencies of requests, ms; those that lack a time are left out of what it belongs to. */
export function latenciesOf(times: RequestTimes, range: RowRange): OfLatencies<Float64Array> {
  const known = (of: (typeof LATENCY_US)[keyof OfLatencies<unknown>]): Float64Array =>
    knownIn(range, (row) => of(times, row)).map((us) => us / 1000);
  return { ttftMs: known(LATENCY_US.ttftMs), itlMs: known(LATENCY_US.itlMs), e2eMs: known(LATENCY_US.e2eMs) };
}

/**
 * Figures over some requests.
 *
 * @param range the requests; those that lack a time are left out of what it belongs to.
 */
export function clientFigures(times: RequestTimes, range: RowRange): ClientFigures {
  const { arrivalUs, lastTokenUs, preemptions } = times;
  const { ttftMs, itlMs, e2eMs } = latenciesOf(times, range);
  const arrivals = knownIn(range, (row) => arrivalUs[row]!);
  const ends = knownIn(range, (row) => lastTokenUs[row]!);
  // Logs have more requests than a call has room for arguments.
  const lastUs = ends.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const spanUs = lastUs - arrivals.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const preempted = knownIn(range, (row) => preemptions[row]!);
  return {
    ttftMs: latencyFigures(ttftMs),
    itlMs: latencyFigures(itlMs),
    e2eMs: latencyFigures(e2eMs),
    requestsPerS: spanUs > 0 && Number.isFinite(spanUs) ? ends.length / (spanUs / 1e6) : null,
    preemptions: preempted.length === 0 ? null : sum(preempted),
  };
}

function knownIn([start, end]: RowRange, of: (row: number) => number): Float64Array {
  return Float64Array.from({ length: end - start }, (_, at) => of(start + at)).filter(Number.isFinite);
}

function latencyFigures(ms: Float64Array): LatencyFigures | null {
  if (ms.length === 0) return null;
  return { mean: mean(ms), p50: quantile(ms, 0.5), p90: quantile(ms, 0.9), p99: quantile(ms, 0.99) };
}
