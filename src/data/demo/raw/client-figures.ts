import { mean, quantileOfSorted } from '../../../numeric/index.ts';
import { clientRequest, type SimulatedRun } from './simulated-run.ts';
import { gaps, milliseconds, seconds } from './units.ts';

/** Mean and quantiles of a latency, ms. */
interface LatencyMs {
  readonly mean: number;
  readonly median: number;
  readonly p99: number;
}

/** What clients print at the end of a run: all its requests completed. */
export interface ClientFigures {
  /** From the first sending to the last token, s. */
  readonly durationS: number;
  readonly requests: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly ttft: LatencyMs;
  /** Time per output token after the first, of requests with several. */
  readonly tpot: LatencyMs;
  /** Of all gaps between tokens. */
  readonly itl: LatencyMs;
  readonly e2e: LatencyMs;
}

export function clientFigures(run: SimulatedRun): ClientFigures {
  const { count } = run.requests;
  const ttft = new Float64Array(count);
  const e2e = new Float64Array(count);
  const tpot: number[] = [];
  const itl = new Float64Array(run.times.tokenUs.length - count);
  let between = 0;
  let begin = Number.POSITIVE_INFINITY;
  let end = 0;
  let promptTokens = 0;
  for (let r = 0; r < count; r++) {
    const { sentUs, tokenUs, promptTokens: prompt, outputTokens } = clientRequest(run, r);
    const first = tokenUs[0] as number;
    const last = tokenUs.at(-1) as number;
    begin = Math.min(begin, sentUs);
    end = Math.max(end, last);
    promptTokens += prompt;
    ttft[r] = milliseconds(first - sentUs);
    e2e[r] = milliseconds(last - sentUs);
    if (outputTokens > 1) tpot.push(milliseconds(last - first) / (outputTokens - 1));
    for (const gap of gaps(tokenUs)) itl[between++] = milliseconds(gap);
  }
  return {
    durationS: seconds(end - begin),
    requests: count,
    promptTokens,
    outputTokens: run.times.tokenUs.length,
    ttft: latency(ttft),
    tpot: latency(Float64Array.from(tpot)),
    itl: latency(itl),
    e2e: latency(e2e),
  };
}

function latency(values: Float64Array): LatencyMs {
  const average = mean(values);
  values.sort();
  return { mean: average, median: quantileOfSorted(values, 0.5), p99: quantileOfSorted(values, 0.99) };
}

/** A latency under the keys that benchmark clients give it. */
export function latencyKeys(name: string, figures: LatencyMs): Readonly<Record<string, number>> {
  const { mean: average, median, p99 } = figures;
  return { [`mean_${name}_ms`]: average, [`median_${name}_ms`]: median, [`p99_${name}_ms`]: p99 };
}

/** Seconds from the sending of a request to its first token. */
export function timeToFirstToken(run: SimulatedRun, request: number): number {
  const { sentUs, tokenUs } = clientRequest(run, request);
  return seconds((tokenUs[0] as number) - sentUs);
}

/** Seconds from each token of a request to the next. */
export function timesBetweenTokens(run: SimulatedRun, request: number): readonly number[] {
  return gaps(clientRequest(run, request).tokenUs).map(seconds);
}
