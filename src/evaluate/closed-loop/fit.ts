import { clientLoad, type ClientOverheads, type Experiment, modelKey, NO_OVERHEADS } from '../../data/index.ts';
import { leastSquares, mean, median } from '../../numeric/index.ts';
import type { Program } from '../../program/index.ts';
import { groupOf } from '../groups.ts';
import { objectiveError, type WeightedMetrics } from '../objectives.ts';
import type { ClosedLoopFit, ExperimentMetrics, GroupFit, LatencyErrors, Scope } from '../types.ts';
import { Loop, type LoopData, USUAL_OVERHEADS } from './loop.ts';

/** Replays of one group's requests at most: a step of the fit takes one. */
const MOST_ROUNDS = 14;
/** The fit has converged when a step would lower the loss by less than this share, or change no parameter by more. */
const TOLERANCE = 5e-3;
/** A loss that is as good as none: relative errors of a tenth of a per cent. */
const NO_LOSS = 1e-6;

/** The clients of a dataset, and which experiments share constants. */
export interface ClientLoop extends LoopData {
  readonly scope: Scope;
}

interface GroupLoop {
  readonly fit: GroupFit;
  readonly rounds: number;
  readonly converged: boolean;
  readonly saturated: readonly string[];
  readonly train: readonly WeightedMetrics[];
  readonly valid: readonly WeightedMetrics[];
}

/**
 * Fits a program's constants, and what clients see beyond steps, in closed loop: serves the requests with the constants, compares
 * the latencies with those that were measured, steps the constants by the derivatives over the batches that were made, and
 * serves again. A step that makes the latencies worse is taken back and tried smaller (Levenberg–Marquardt), so the result is never
 * worse than the start; that is what keeps schedule and constants from chasing each other where a queue builds up.
 *
 * @param fits constants to start from, one for each group.
 */
export function fitInClosedLoop(program: Program, fits: readonly GroupFit[], data: ClientLoop): ClosedLoopFit {
  const groups = fits.map((fit) => {
    const experiments = data.dataset.experiments.filter(
      (experiment) => groupOf({ id: experiment.id, modelKey: modelKey(experiment) }, data.scope) === fit.group,
    );
    return fitGroup(new Loop(program, experiments, data), fit, experiments);
  });
  const valid = groups.flatMap((group) => group.valid);
  return {
    fits: groups.map(({ fit }) => fit),
    rounds: Math.max(...groups.map(({ rounds }) => rounds)),
    converged: groups.every(({ converged }) => converged),
    saturated: groups.flatMap(({ saturated }) => saturated),
    error: objectiveError(
      'replay',
      groups.flatMap(({ train }) => train),
    ),
    validationError: objectiveError('replay', valid),
    latencies: latencyErrors(valid.map(({ metrics }) => metrics)),
  };
}

/** Over the experiments whose clients are known. */
function latencyErrors(all: readonly ExperimentMetrics[]): LatencyErrors {
  const known = all.filter(({ requests }) => requests !== undefined);
  const over = (of: (metrics: ExperimentMetrics) => number): number => (known.length === 0 ? 0 : mean(known.map(of)));
  return {
    ttft: over((m) => m.requests!.ttftError),
    itl: over((m) => m.requests!.itlError),
    e2e: over((m) => m.e2eError),
  };
}

function fitGroup(loop: Loop, fit: GroupFit, experiments: readonly Experiment[]): GroupLoop {
  const start = loop.parameters(fit.constants, overheadsOf(experiments));
  const n = start.length;
  const lower = start.map((_, i) => (i < n - 2 ? Number.NEGATIVE_INFINITY : 0));
  const { parameters, cost, stop } = leastSquares(loop, start, {
    maxIterations: MOST_ROUNDS - 1,
    costTolerance: TOLERANCE,
    stepTolerance: TOLERANCE,
    lower,
  });
  const { completionUs } = overheadsOf(experiments);
  return {
    fit: {
      ...fit,
      constants: loop.constants(parameters),
      overheads: { ...loop.overheads(parameters), completionUs },
    },
    rounds: loop.rounds,
    converged: cost < NO_LOSS || (stop !== 'iterations' && stop !== 'start'),
    saturated: loop.saturated(parameters),
    train: loop.metrics(parameters, 'train'),
    valid: loop.metrics(parameters, 'valid'),
  };
}

/** What the replays of experiments found, and how long after their last token answers ended. */
function overheadsOf(experiments: readonly Experiment[]): ClientOverheads {
  const found = experiments.flatMap(({ replay }) => replay?.overheads ?? []);
  const late = experiments.flatMap((experiment) => {
    const load = clientLoad(experiment);
    if (load?.measured === undefined) return [];
    const { departedUs, lastTokenUs } = load.measured;
    const [start, end] = load.splits.train;
    return Array.from(departedUs.subarray(start, end), (us, at) => us - lastTokenUs[start + at]!).filter(
      Number.isFinite,
    );
  });
  const usual = (name: keyof typeof USUAL_OVERHEADS): number =>
    found.length === 0 ? 0 : Math.min(median(found.map((overheads) => overheads[name])), USUAL_OVERHEADS[name]);
  return {
    ...NO_OVERHEADS,
    requestUs: usual('requestUs'),
    tokenUs: usual('tokenUs'),
    completionUs: late.length === 0 ? 0 : Math.max(0, median(late)),
  };
}
