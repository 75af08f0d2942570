import { quantile, type RowRange } from '../../numeric/index.ts';
import { LATENCY_US, type RequestTimes } from './latencies.ts';

/** Around a simulated latency of a request, the range that nine of ten measured ones lie in. */
export interface LatencyInterval {
  /** 5th percentile of measured − simulated over training requests, percent of the simulated latency. */
  readonly low: number;
  /** The 95th. */
  readonly high: number;
  /** How many of the judged requests lie in between, percent. */
  readonly coverage: number;
}

/** Intervals of what clients see; null where fewer than 20 training requests were measured, or none of the judged. */
export interface LatencyIntervals {
  /** Of the time to the first token. */
  readonly ttft: LatencyInterval | null;
  /** Of the mean time between the tokens of a request. */
  readonly itl: LatencyInterval | null;
  /** Of the time to the last token. */
  readonly e2e: LatencyInterval | null;
}

/** Fewer say nothing of a twentieth of them. */
const LEAST = 20;

/**
 * How far single requests lie from what was simulated for them: what the engine model and the program leave open, heavy tails
 * kept. Where training requests met less load than those that are judged, the coverage says so.
 */
export function latencyIntervals(
  simulated: RequestTimes,
  measured: RequestTimes,
  train: RowRange,
  judged: RowRange,
): LatencyIntervals {
  const of = (latency: (typeof LATENCY_US)[keyof typeof LATENCY_US]): LatencyInterval | null => {
    const deviations = ([start, end]: RowRange): Float64Array =>
      Float64Array.from({ length: end - start }, (_, k) => {
        const own = latency(simulated, start + k);
        return 100 * (latency(measured, start + k) / own - 1);
      }).filter(Number.isFinite);
    const [seen, asked] = [deviations(train), deviations(judged)];
    if (seen.length < LEAST || asked.length === 0) return null;
    const [low, high] = [quantile(seen, 0.05), quantile(seen, 0.95)];
    const within = asked.filter((value) => value >= low && value <= high).length;
    return { low, high, coverage: (100 * within) / asked.length };
  };
  return { ttft: of(LATENCY_US.ttftMs), itl: of(LATENCY_US.itlMs), e2e: of(LATENCY_US.e2eMs) };
}
