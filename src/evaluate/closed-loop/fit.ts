import { clientLoad, type ClientOverheads, type Experiment, modelKey, NO_OVERHEADS } from '../../data/index.ts';
import { leastSquares, type LeastSquaresResult, median } from '../../numeric/index.ts';
import type { Program } from '../../program/index.ts';
import { clipped, type ConstantBounds } from '../bounds.ts';
import { groupOf } from '../groups.ts';
import { objectiveError, type WeightedMetrics } from '../objectives.ts';
import { joinFloors } from '../floor-figures.ts';
import type { ClosedLoopFit, FloorFigures, GroupFit } from '../types.ts';
import { completionTimesUs, medianAtLeast0 } from './client-overheads.ts';
import type { ClientLoop } from './client-loop.ts';
import { latencyErrors } from './latency-errors.ts';
import { Loop, type LoopMetrics, OVERHEADS, USUAL_OVERHEADS } from './loop.ts';
import { serveFitted } from './serve-fitted.ts';
import type { ClosedLoop } from './simulate.ts';

/** Replays of one group's requests at most: a step of the fit takes one. */
const MOST_ROUNDS = 14;
/** The fit has converged when a step would lower the loss by less than this share, or change no parameter by more. */
const TOLERANCE = 5e-3;
/** Latencies stand still when a step changes their error by less, percentage points. */
const SETTLED = 0.1;

interface GroupLoop {
  readonly fit: GroupFit;
  readonly rounds: number;
  readonly converged: boolean;
  /** Experiments with a log, as clients met the server. */
  readonly served: readonly ClosedLoop[];
  /** Nothing where some batch has no time under the constants. */
  readonly train: readonly WeightedMetrics[];
  readonly valid: readonly LoopMetrics[];
  readonly floor: FloorFigures | undefined;
}

/**
 * Fits a program's constants, and what clients see beyond steps, in closed loop: serves the requests with the constants, compares
 * the latencies with those that were measured, steps the constants by the derivatives over the batches that were made, and
 * serves again. A step that makes the latencies worse is taken back and tried smaller (Levenberg–Marquardt), so the result is never
 * worse than the start; that is what keeps schedule and constants from chasing each other where a queue builds up.
 *
 * @param fits constants to start from, one for each group.
 * @returns with errors that are no numbers where some group's requests cannot be served with its constants.
 */
export function fitInClosedLoop(program: Program, fits: readonly GroupFit[], data: ClientLoop): ClosedLoopFit {
  if (!data.fitsConstants) return serveFitted(program, fits, data);
  const groups = fits.map((fit) => {
    const experiments = data.dataset.experiments.filter(
      (experiment) => groupOf({ id: experiment.id, modelKey: modelKey(experiment) }, data.scope) === fit.group,
    );
    return fitGroup(program, new Loop(program, experiments, data), fit, experiments);
  });
  const valid = groups.flatMap((group) => group.valid);
  // A group that cannot be served has no errors; those of the others must not stand for it.
  const errorOf = (experiments: readonly WeightedMetrics[]): number =>
    groups.every(({ train }) => train.length > 0) ? objectiveError('replay', experiments) : Number.NaN;
  const served = groups.flatMap((group) => group.served);
  const floor = joinFloors(groups.flatMap((group) => group.floor ?? []));
  return {
    fits: groups.map(({ fit }) => fit),
    rounds: Math.max(...groups.map(({ rounds }) => rounds)),
    converged: groups.every(({ converged }) => converged),
    saturated: served.filter(({ saturated }) => saturated).map(({ id }) => id),
    error: errorOf(groups.flatMap(({ train }) => train)),
    validationError: errorOf(valid),
    latencies: latencyErrors(
      served,
      valid.map(({ metrics }) => metrics),
    ),
    ...(floor && { floor }),
    validationBlocks: valid.map(({ blocks }) => blocks),
  };
}

function fitGroup(program: Program, loop: Loop, fit: GroupFit, experiments: readonly Experiment[]): GroupLoop {
  const start = loop.parameters(fit.constants, overheadsOf(experiments));
  const { parameters, stop } = fitInside(loop, start, boundsOf(program, fit));
  const { completionUs } = overheadsOf(experiments);
  return {
    fit: {
      ...fit,
      constants: loop.constants(parameters),
      overheads: { ...loop.overheads(parameters), completionUs },
    },
    rounds: loop.rounds,
    converged: stop === 'iterations' ? standsStill(loop.course) : stop !== 'start',
    served: loop.served(parameters),
    train: loop.metrics(parameters, 'train'),
    valid: loop.metrics(parameters, 'valid'),
    floor: loop.floorFigures(parameters),
  };
}

/** Of the constants, then of what clients see beyond steps, which takes no negative time. */
function boundsOf(program: Program, fit: GroupFit): ConstantBounds {
  const ofConstants = program.constants.map(({ name }) => fit.bounds?.[name] ?? [null, null]);
  const all = [...ofConstants, ...Array.from({ length: OVERHEADS }, () => [0, null] as const)];
  return {
    lower: Float64Array.from(all, ([low]) => low ?? Number.NEGATIVE_INFINITY),
    upper: Float64Array.from(all, ([, high]) => high ?? Number.POSITIVE_INFINITY),
  };
}

/**
 * The cost is rough, and where a queue builds up a way along the bounds of constants ends there: so the first way may lead outside, and
 * only where it also ends there a second one goes on inside.
 */
function fitInside(
  loop: Loop,
  start: Float64Array,
  bounds: ConstantBounds,
): Pick<LeastSquaresResult, 'parameters' | 'stop'> {
  const options = { maxIterations: MOST_ROUNDS - 1, costTolerance: TOLERANCE, stepTolerance: TOLERANCE };
  const isOverhead = (i: number): boolean => i >= loop.size - OVERHEADS;
  const lower = bounds.lower.map((low, i) => (isOverhead(i) ? low : Number.NEGATIVE_INFINITY));
  const free = leastSquares(loop, start, { ...options, lower });
  const inside = clipped(free.parameters, bounds);
  if (inside === free.parameters) return free;
  const held = leastSquares(loop, inside, { ...options, ...bounds });
  return held.cost < loop.cost(start) ? held : { parameters: start, stop: held.stop };
}

function standsStill(course: readonly number[]): boolean {
  const [before = Number.NaN, last = Number.NaN] = course.slice(-2);
  return Math.abs(last - before) < SETTLED;
}

/** What the replays of experiments found, and how long after their last token answers ended. */
function overheadsOf(experiments: readonly Experiment[]): ClientOverheads {
  const found = experiments.flatMap(({ replay }) => replay?.overheads ?? []);
  const late = experiments.flatMap((experiment) => {
    const load = clientLoad(experiment);
    return load?.measured === undefined ? [] : completionTimesUs(load.measured, load.splits.train);
  });
  const usual = (name: keyof typeof USUAL_OVERHEADS): number =>
    found.length === 0 ? 0 : Math.min(median(found.map((overheads) => overheads[name])), USUAL_OVERHEADS[name]);
  return {
    ...NO_OVERHEADS,
    requestUs: usual('requestUs'),
    tokenUs: usual('tokenUs'),
    completionUs: medianAtLeast0(late),
  };
}
