import { closedLoopScore, fittedProgram, OVERHEADS_OF, serveExperiments } from '../baselines/index.ts';
import type { Dataset, Experiment } from '../data/index.ts';
import type { GroupFit, Scope } from '../evaluate/index.ts';
import type { Program } from '../program/index.ts';
import type { ClosedLoopValidation } from './validation-report.ts';

/** Serves the requests of some experiments with the step times of a program, and judges by test requests or by reports. */
export function validateClosedLoop(
  dataset: Dataset,
  experiments: readonly Experiment[],
  program: Program,
  fits: readonly GroupFit[],
  scope: Scope,
): ClosedLoopValidation {
  const served = serveExperiments(dataset, experiments, fittedProgram(program, fits, scope), OVERHEADS_OF.program);
  const { mean, median, missing } = closedLoopScore(served);
  return {
    experiments: served.loops.map(({ loop, judgedOn, saturated }) => {
      const { id, requests, measured, simulated, error, assumed } = loop;
      return { id, requests, judgedOn, saturated, measured, simulated, error, assumed };
    }),
    mean,
    median,
    missing,
  };
}
