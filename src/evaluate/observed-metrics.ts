import { mean, pearson, quantile } from '../numeric/index.ts';
import { timeBlocks } from './blocks.ts';
import type { RequestWeights, ObservedPart } from './observed-part.ts';
import type { ExperimentMetrics } from './types.ts';

/** Weight of the error of a 90th percentile beside that of a mean. */
const P90_WEIGHT = 0.5;

/**
 * Metrics of an experiment whose requests were observed, in percent but for `pearson`. What is averaged over rows elsewhere is
 * averaged over requests here: over their E2E or, where that was not observed, over the longest times that were. Blocks of time
 * are blocks of requests.
 *
 * @param p predicted sums, in the order of the observations
 */
export function observedMetrics(
  id: string,
  observed: ObservedPart,
  p: Float64Array,
  weights: RequestWeights,
): ExperimentMetrics {
  const { kinds, y } = observed;
  const [longest] = kinds;
  const [from, to] = longest?.range ?? [0, 0];
  const predicted = p.subarray(from, to);
  const measured = y.subarray(from, to);
  const signed = predicted.map((value, i) => 100 * (value / measured[i]! - 1));
  const absolute = signed.map(Math.abs);
  const errors = { e2e: { mean: 0, p90: 0 }, ttft: { mean: 0, p90: 0 }, itl: { mean: 0, p90: 0 } };
  let sum = 0;
  let total = 0;
  for (const { kind, range, ...of } of kinds) {
    const values = p.subarray(...range).map((value, i) => value * observed.perToken[range[0] + i]!);
    const error = { mean: errorOf(mean(values), of.mean), p90: errorOf(quantile(values, 0.9), of.p90) };
    errors[kind] = error;
    sum += weights[kind] * (error.mean + P90_WEIGHT * error.p90);
    total += weights[kind] * (1 + P90_WEIGHT);
  }
  return {
    id,
    rows: to - from,
    mape: mean(absolute),
    mspe: mean(signed),
    pearson: pearson(predicted, measured),
    p99: quantile(absolute, 0.99),
    e2eError: errors.e2e.mean,
    prefillWeightedError: null,
    decodeWeightedError: null,
    e2eBlockError: mean(
      timeBlocks([from, to]).map((block) => errorOf(mean(p.subarray(...block)), mean(y.subarray(...block)))),
    ),
    requests: {
      replayError: total > 0 ? sum / total : 0,
      ttftError: errors.ttft.mean,
      itlError: errors.itl.mean,
      e2eP90Error: errors.e2e.p90,
      ttftP90Error: errors.ttft.p90,
      itlP90Error: errors.itl.p90,
    },
  };
}

function errorOf(predicted: number, measured: number): number {
  return 100 * Math.abs(predicted / measured - 1);
}
