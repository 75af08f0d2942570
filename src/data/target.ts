import { isRecorded, type StepColumn } from '../physics/index.ts';
import type { Experiment, StepTarget } from './dataset.ts';
import { type Cycles, cyclePairs, engineRows } from './signal/cycles.ts';
import { judgeCycles, type JudgedCycles } from './signal/judge.ts';
import { wildDurations } from './signal/wild.ts';
import type { Treatment } from './treatment.ts';

/** The column without which a target cannot be told. */
export const TARGET_COLUMNS: { readonly [T in StepTarget]: StepColumn } = { cycle: 'startNs', duration: 'durationUs' };

/** Why a row with a target is left out, in the order in which the reasons are tried. */
export const REASONS = ['not positive', 'warm-up', 'idle', 'stall', 'short', 'wild', 'outlier'] as const;
export type Reason = (typeof REASONS)[number];

/** Which rows of an experiment have a target, ascending, and its value in µs. */
export interface TargetRows {
  /** Rows of the step records, whose batches explain the target. */
  readonly index: Int32Array;
  readonly y: Float64Array;
  /** Rows that have a target and were left out, ascending; a reason without rows is not in it. */
  readonly leftOut: readonly { readonly reason: Reason; readonly rows: Int32Array }[];
}

/** What makes target rows of step records. */
export type Treated = Pick<Experiment, 'steps' | 'engines' | 'treatment'>;

type ReasonOf = (at: number) => Reason | undefined;

/**
 * The rows that can be fitted for a target, and those that are left out of it: a target that is zero, negative or not finite,
 * since relative errors have no meaning on it (a clock that ran backwards, a duration below the clock's resolution); a cycle
 * that is no step time, a wait with an empty engine, a stall or a broken reading; a duration that its batch cannot have; and what the
 * experiment's treatment says.
 */
export function targetRows(experiment: Treated, target: StepTarget): TargetRows {
  const { steps, engines, treatment = {} } = experiment;
  if (steps === undefined || !isRecorded(steps, TARGET_COLUMNS[target]))
    return { index: new Int32Array(), y: new Float64Array(), leftOut: [] };
  if (target === 'cycle') {
    const cycles = cyclePairs(steps, engines, treatment.lag);
    return kept(cycles.index, cycles.cycleUs, cycleReasons(experiment, cycles, treatment));
  }
  const rows = Int32Array.from(steps.stepId, (_, row) => row);
  const isWarm = warmth(experiment, treatment);
  const wild = wildDurations(steps);
  return kept(rows, steps.durationUs, (at) => {
    if (!isWarm(at)) return 'warm-up';
    return wild[at] === 1 ? 'wild' : undefined;
  });
}

function kept(rows: Int32Array, values: Float64Array, reasonOf: ReasonOf): TargetRows {
  const reasons = Array.from(values, (value, at) => (value > 0 && value < Infinity ? reasonOf(at) : 'not positive'));
  return {
    index: rows.filter((_, at) => reasons[at] === undefined),
    y: values.filter((_, at) => reasons[at] === undefined),
    leftOut: REASONS.map((reason) => ({ reason, rows: rows.filter((_, at) => reasons[at] === reason) })).filter(
      (group) => group.rows.length > 0,
    ),
  };
}

function cycleReasons(experiment: Treated, cycles: Cycles, treatment: Treatment): ReasonOf {
  const isWarm = warmth(experiment, treatment);
  const judged = judgeCycles(experiment.steps!, cycles);
  return (at) => {
    if (!isWarm(cycles.first[at]!) || !isWarm(cycles.index[at]!)) return 'warm-up';
    if (treatment.keepIdle !== true && judged.disturbed[at] !== undefined) return judged.disturbed[at];
    return isOutlier(judged, at, treatment.dropOutliers) ? 'outlier' : undefined;
  };
}

/** Further from the line than so many median absolute deviations. */
function isOutlier({ ratios, spreads }: JudgedCycles, at: number, deviations: number | undefined): boolean {
  return deviations !== undefined && Math.abs(ratios[at]! - 1) > deviations * spreads[at]!;
}

/** Whether a row is beyond the first steps of its engine. */
function warmth({ steps, engines }: Treated, { dropWarmup }: Treatment): (row: number) => boolean {
  if (dropWarmup === undefined) return () => true;
  const { stepId } = steps!;
  const { traces, stride } = engineRows(stepId, engines);
  const warm = new Uint8Array(stepId.length);
  for (const rows of traces) {
    for (const row of rows) if (stepId[row]! >= stepId[rows[0]!]! + dropWarmup * stride) warm[row] = 1;
  }
  return (row) => warm[row] === 1;
}
