import { quantileOfSorted } from '../../../numeric/index.ts';
import { clientRequest, type SimulatedRun } from './simulated-run.ts';
import { seconds } from './units.ts';

type Json = Readonly<Record<string, unknown>>;

const QUANTILES = [
  ['p0.1', 0.001],
  ['p1', 0.01],
  ['p5', 0.05],
  ['p10', 0.1],
  ['p25', 0.25],
  ['median', 0.5],
  ['p75', 0.75],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
  ['p99.9', 0.999],
] as const;

/** Stream events that a client counts for each token. */
export const EVENTS_PER_TOKEN = 2;

/** How requests are sent in a stage, for its file. */
export interface StageLoad {
  /** Requests/s. */
  readonly rate: number;
  readonly durationS: number;
}

/**
 * The summary that inference-perf makes of some requests, all of them completed; latencies in seconds. Its clients count two stream
 * events a token, so that the time between tokens is half of what it is.
 *
 * Source: kubernetes-sigs/inference-perf 0.3, `reportgen/base.py`.
 */
export function lifecycleSummary(run: SimulatedRun, requests: readonly number[], stage?: StageLoad): Json {
  const latency = new Float64Array(requests.length);
  const toFirst = new Float64Array(requests.length);
  const perToken = new Float64Array(requests.length);
  const between: number[] = [];
  const prompt = new Float64Array(requests.length);
  const output = new Float64Array(requests.length);
  let begin = Number.POSITIVE_INFINITY;
  let lastSent = 0;
  let end = 0;
  for (const [at, request] of requests.entries()) {
    const { sentUs, tokenUs, promptTokens, outputTokens } = clientRequest(run, request);
    const first = tokenUs[0] as number;
    const last = tokenUs.at(-1) as number;
    begin = Math.min(begin, sentUs);
    lastSent = Math.max(lastSent, sentUs);
    end = Math.max(end, last);
    latency[at] = seconds(last - sentUs);
    toFirst[at] = seconds(first - sentUs);
    perToken[at] = seconds(last - sentUs) / outputTokens;
    if (outputTokens > 1) between.push(seconds(last - first) / (outputTokens - 1) / EVENTS_PER_TOKEN);
    prompt[at] = promptTokens;
    output[at] = outputTokens;
  }
  const duration = seconds(end - begin);
  const sending = seconds(lastSent - begin);
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  return {
    load_summary: {
      count: requests.length,
      ...(stage && {
        send_duration: sending,
        requested_rate: stage.rate,
        achieved_rate: requests.length / sending,
      }),
    },
    successes: {
      count: requests.length,
      latency: {
        request_latency: distribution(latency),
        normalized_time_per_output_token: distribution(perToken),
        time_per_output_token: distribution(between),
        time_to_first_token: distribution(toFirst),
        inter_token_latency: distribution(between),
      },
      throughput: {
        input_tokens_per_sec: total(prompt) / duration,
        output_tokens_per_sec: total(output) / duration,
        total_tokens_per_sec: (total(prompt) + total(output)) / duration,
        requests_per_sec: requests.length / duration,
      },
      prompt_len: distribution(prompt),
      output_len: distribution(output),
    },
    failures: { count: 0, request_latency: null, prompt_len: null },
  };
}

function distribution(values: ArrayLike<number>): Json {
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return {
    mean,
    min: sorted[0],
    ...Object.fromEntries(QUANTILES.map(([name, q]) => [name, quantileOfSorted(sorted, q)])),
    max: sorted.at(-1),
  };
}
