import { UserError } from '../numeric/index.ts';
import type { Experiment } from './dataset.ts';

/**
 * Mean end-to-end latency from step times by Little's law: requests in service, summed over time, divided by
 * completions. `E2E = Σ n·t / Σ finished`, where a step with `n` scheduled requests and `finished` completions takes `t`.
 * (J. D. C. Little, A Proof for the Queuing Formula L = λW, 1961.) Steps may be a random sample: the sampling share cancels.
 *
 * @param predictedUsPerRow step time of every step record of the experiment, µs.
 * @returns ms, to compare with `measured.e2eMs`.
 * @throws UserError where the experiment has no step records or no request finished in them.
 */
export function littleE2eMs(experiment: Experiment, predictedUsPerRow: ArrayLike<number>): number {
  const { steps } = experiment;
  let finished = 0;
  let requestUs = 0;
  for (let row = 0; row < (steps?.stepId.length ?? 0); row++) {
    requestUs += (steps!.prefillRequests[row]! + steps!.decodeRequests[row]!) * predictedUsPerRow[row]!;
    finished += steps!.finishedRequests[row]!;
  }
  if (finished === 0) {
    throw new UserError(
      `${experiment.id}: no request finishes in its step records`,
      'Mean latency needs step records with completions: trace a longer run.',
    );
  }
  return requestUs / finished / 1000;
}
