import type { ClientReport, LatencyFigures } from '../../data/index.ts';
import { quantileOfSorted, type RowRange } from '../../numeric/index.ts';
import { latenciesOf, type OfLatencies, type RequestTimes } from './latencies.ts';

/** Latencies by the share of requests that are as fast, ms, one for each of `percent`; null where that is not known. */
export interface LatencyQuantiles {
  /** Time to the first token; null where it is not known of any request, as in the others. */
  readonly ttftMs: readonly (number | null)[] | null;
  /** Mean time between tokens of a request. */
  readonly itlMs: readonly (number | null)[] | null;
  /** Time to the last token. */
  readonly e2eMs: readonly (number | null)[] | null;
}

/** How latencies are spread over requests. */
export interface Distributions {
  /** Shares of the requests, ascending from 0 to 100. */
  readonly percent: readonly number[];
  /** Null where nothing was measured. Of reports it is the percentiles that they give. */
  readonly measured: LatencyQuantiles | null;
  /** What the program says. */
  readonly simulated: LatencyQuantiles;
}

export const PERCENT: readonly number[] = Object.freeze([
  0, 1, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95, 99, 100,
]);

/** Quantiles over some requests. */
export function requestQuantiles(times: RequestTimes, range: RowRange): LatencyQuantiles {
  return ofLatencies(latenciesOf(times, range), (ms) => {
    if (ms.length === 0) return null;
    const sorted = ms.sort();
    return PERCENT.map((percent) => quantileOfSorted(sorted, percent / 100));
  });
}

/** The quantiles that a load generator reported. */
export function reportedQuantiles(report: ClientReport): LatencyQuantiles {
  return ofLatencies<LatencyFigures, readonly (number | null)[]>(report, ({ p50, p90, p99 }) => {
    const known: ReadonlyMap<number, number> = new Map([
      [50, p50],
      [90, p90],
      [99, p99],
    ]);
    return PERCENT.map((percent) => known.get(percent) ?? null);
  });
}

function ofLatencies<T, U>({ ttftMs, itlMs, e2eMs }: OfLatencies<T>, of: (latency: T) => U): OfLatencies<U> {
  return { ttftMs: of(ttftMs), itlMs: of(itlMs), e2eMs: of(e2eMs) };
}
