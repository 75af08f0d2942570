import {
  clientLoad,
  type ClientOverheads,
  contextSource,
  type Dataset,
  engineOf,
  type Experiment,
  NO_OVERHEADS,
} from '../../data/index.ts';
import { clientOverheads, type ClosedLoop, judgeLoad, serveLoad, type Timing } from '../../evaluate/index.ts';
import type { FittedPredictor, ServedExperiment } from '../predictor.ts';
import { whereOf } from '../rows.ts';
import { wasSaturated } from './saturated.ts';
import { predictorStepTime } from './predictor-step-time.ts';

/** What came of the requests of a dataset with the step times of a predictor. */
export interface ServedExperiments {
  readonly loops: readonly JudgedLoop[];
  /** Experiments that could not be served, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

/** A closed loop and what it is held against. */
export interface JudgedLoop {
  readonly loop: ClosedLoop;
  readonly judgedOn: JudgedOn;
  /** The server was not up to its load as it was measured: latencies of a queue that grows say little of step times. */
  readonly saturated: boolean;
}

/**
 * `requests`: test requests of a log; `report`: figures of a whole run, where single requests were not logged. A run that fitted
 * on the reports of its data has seen these.
 */
export type JudgedOn = 'requests' | 'report';

/** What clients see beyond steps: as a predictor says it for an experiment, or `undefined` to take it from training requests. */
export type OverheadsOf = (experiment: Experiment) => ClientOverheads | undefined;

/** The experiments of a dataset whose clients' load is known. */
export function withClients({ experiments }: Dataset): readonly Experiment[] {
  return experiments.filter((experiment) => clientLoad(experiment) !== undefined);
}

/** What a program that does not say it itself takes: what the replay of the log found. A baseline looks at training requests. */
export const OVERHEADS_OF: { readonly [K in 'program' | 'baseline']: OverheadsOf } = {
  program: ({ replay }) => replay?.overheads ?? NO_OVERHEADS,
  baseline: () => undefined,
};

/**
 * Serves the requests of some experiments with the step times of a predictor, and holds test requests, or reports, against them.
 *
 * @param overheadsOf where the predictor's own timing does not say.
 */
export function serveExperiments(
  dataset: Dataset,
  experiments: readonly Experiment[],
  fitted: FittedPredictor,
  overheadsOf: OverheadsOf,
): ServedExperiments {
  const loops: JudgedLoop[] = [];
  const missing: Record<string, string> = {};
  for (const experiment of experiments) {
    const served = serveOne(dataset, experiment, fitted, overheadsOf);
    if (typeof served === 'string') missing[experiment.id] = served;
    else loops.push(served);
  }
  return { loops, missing };
}

function serveOne(
  dataset: Dataset,
  experiment: Experiment,
  fitted: FittedPredictor,
  overheadsOf: OverheadsOf,
): JudgedLoop | string {
  const timing = timingOf(dataset, experiment, fitted);
  if (timing === undefined) return 'not fitted for such an experiment';
  try {
    const served = serveLoad(dataset, experiment, timing);
    if (served === undefined) return 'no requests were logged';
    const { load } = served;
    const overheads =
      timing.overheads ?? overheadsOf(experiment) ?? clientOverheads(load, served.served.requests, load.splits.train);
    const judgedOn = load.measured === undefined ? 'report' : 'requests';
    // A load that was reported as a whole has no test requests of its own.
    const loop = judgeLoad(served, overheads, judgedOn === 'report' ? 'valid' : 'test');
    return loop === undefined ? 'no requests were logged' : { loop, judgedOn, saturated: wasSaturated(experiment) };
  } catch (error) {
    // A predictor may have no number for batches far from those that it was fitted on.
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** How a predictor times the batches of an experiment. */
export function timingOf(dataset: Dataset, experiment: Experiment, fitted: FittedPredictor): Timing | undefined {
  const served: ServedExperiment = { ...whereOf(dataset, experiment), contexts: contextSource(dataset) };
  if (fitted.timing !== undefined) return fitted.timing(served);
  const stepTime = predictorStepTime(fitted, served, engineOf(experiment, served.context).settings.kvBlocks);
  return stepTime && { stepTime };
}
