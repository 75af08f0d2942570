import type { ServingContext } from '../../physics/index.ts';
import type { Experiment } from '../dataset.ts';
import type { Reason, TargetRows } from '../target.ts';
import { clockSteps, cyclePairs } from './cycles.ts';
import { judgeCycles } from './judge.ts';
import { type LagEvidence, lagEvidence } from './lag.ts';
import { type BelowPeak, belowPeak } from './peak.ts';
import { scarcity } from './scarcity.ts';

/** What the step records of an experiment are worth as step times. Counts are of cycles, unless they say otherwise. */
export interface Signal {
  /** Waits with an empty engine. */
  readonly idle: number;
  /** Cycles of a busy engine, far beyond what the batch explains. */
  readonly stalls: number;
  /** Engines that the records are of. */
  readonly engines: number;
  /** How often a clock was set back. */
  readonly clockSteps: number;
  /** Cycles that are shorter than the hardware at its peak could make them. */
  readonly belowPeak: number;
  /** Likely cause of most of `belowPeak`. */
  readonly belowPeakCause?: NonNullable<BelowPeak['cause']>;
  /** Which batch explains a cycle, and how sure that is. */
  readonly lag: {
    /** Which batch explains a cycle: 0 its own, 1 that of the step before. */
    readonly chosen: 0 | 1;
    readonly evidence: LagEvidence;
  };
  /** Records of the source that were there twice. */
  readonly duplicates: number;
  /** Records of the source with a cell that could not be read. */
  readonly badRecords: number;
  /** Cycles that are left out of fits and scores, for whatever reason. */
  readonly dropped: number;
  /** The same by reason. */
  readonly excluded: readonly {
    /** Why. */
    readonly reason: Reason;
    /** Step ids, ascending in time; of several engines, some may be equal. */
    readonly ids: readonly number[];
  }[];
}

/** From this share of the cycles on, waits that are too short to be told weigh in. */
const OFTEN_EMPTY = 0.25;

/**
 * What an experiment with step records shows, see {@link Signal}, and where its cycles are too few or too much alike.
 *
 * @param rows of the experiment for the target `cycle`.
 */
export function signalOf(
  experiment: Experiment,
  rows: TargetRows,
  context: ServingContext,
): { readonly signal: Signal; readonly warnings: readonly string[] } {
  const { engines, treatment, removed } = experiment;
  const steps = experiment.steps!;
  const lag = treatment?.lag ?? 0;
  const cycles = cyclePairs(steps, engines, lag);
  const { disturbed, empty } = judgeCycles(steps, cycles);
  const tooFast = belowPeak(steps, cycles, context);
  return {
    signal: {
      idle: disturbed.filter((kind) => kind === 'idle').length,
      stalls: disturbed.filter((kind) => kind === 'stall').length,
      engines: engines === undefined ? 1 : new Set(engines).size,
      clockSteps: clockSteps(steps, engines),
      belowPeak: tooFast.cycles.length,
      ...(tooFast.cause && { belowPeakCause: tooFast.cause }),
      lag: { chosen: lag, evidence: lagEvidence(steps, engines) },
      duplicates: removed?.duplicates ?? 0,
      badRecords: removed?.bad ?? 0,
      dropped: rows.leftOut.reduce((count, group) => count + group.rows.length, 0),
      excluded: rows.leftOut.map((group) => ({
        reason: group.reason,
        ids: Array.from(group.rows, (row) => steps.stepId[row]!),
      })),
    },
    warnings: [
      ...scarcity(steps, rows),
      ...(empty > OFTEN_EMPTY * disturbed.length
        ? [`after ${empty} of ${disturbed.length} cycles the engine is empty: short waits pass for step time`]
        : []),
    ],
  };
}
