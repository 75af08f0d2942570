import { sum } from '../numeric/index.ts';
import type { Experiment } from './dataset.ts';
import { recordedShare } from './signal/cycles.ts';

/** Mean end-to-end latency that step times imply, and how far the sampling of the steps can have moved it. */
export interface LittleEstimate {
  /** ms, to compare with `measured.e2eMs`. */
  readonly e2eMs: number;
  /** Requests that finished in the recorded steps. */
  readonly completions: number;
  /** Standard error of `e2eMs` as a share of it; 0 where every step was recorded. */
  readonly relativeStandardError: number;
}

/**
 * Mean end-to-end latency from step times by Little's law: requests in service, summed over time, divided by
 * completions. `E2E = Σ n·t / Σ finished`, where a step with `n` scheduled requests and `finished` completions takes `t`.
 * (J. D. C. Little, A Proof for the Queuing Formula L = λW, 1961.) Where the records are a random sample of the steps, this is
 * a ratio of two sampled sums. Its expectation does not depend on the share that was sampled, its error does: completions
 * are few, and it is about 1/√completions. The standard error is that of a ratio under simple random sampling
 * without replacement (W. G. Cochran, Sampling Techniques, 1977, section 6.4).
 *
 * @param predictedUsPerRow step time of every step record of the experiment, µs.
 * @returns undefined where the experiment has no step records, or no request finished in them as far as is known.
 */
export function littleE2e(experiment: Experiment, predictedUsPerRow: ArrayLike<number>): LittleEstimate | undefined {
  const { steps, engines } = experiment;
  if (steps === undefined) return undefined;
  const requestUs = Float64Array.from(
    steps.stepId,
    (_, row) => (steps.prefillRequests[row]! + steps.decodeRequests[row]!) * predictedUsPerRow[row]!,
  );
  const totalUs = sum(requestUs);
  const completions = sum(steps.finishedRequests);
  if (!(completions > 0)) return undefined;
  const n = requestUs.length;
  const missing = 1 - recordedShare(steps.stepId, engines);
  const spread = sum(requestUs.map((us, row) => (us / totalUs - steps.finishedRequests[row]! / completions) ** 2));
  return {
    e2eMs: totalUs / completions / 1000,
    completions,
    relativeStandardError: Math.sqrt((missing * n * spread) / Math.max(n - 1, 1)),
  };
}
