import type { ExperimentMetrics } from '../evaluate/index.ts';
import type { BootstrapInterval, SignedRankTest } from '../numeric/index.ts';
import type { ClosedLoopScore } from './closed-loop/score.ts';
import type { Predictor } from './predictor.ts';
import type { Intervals, Summary } from './score.ts';

/** `baseline`: a reference predictor; `winner` and `front`: programs of a run. */
export type EntryKind = 'baseline' | 'winner' | 'front';

/** A predictor to rank. */
export interface Contestant {
  readonly kind: EntryKind;
  readonly predictor: Predictor;
}

/**
 * How a predictor does against the best baseline, on the experiments that both predict. Negative differences are in its favour.
 */
export interface Comparison {
  /** Name of the best baseline. */
  readonly against: string;
  /** Wilcoxon's test over experiments on MAPE, baseline minus predictor: a positive effect is in the predictor's favour. */
  readonly mape: SignedRankTest;
  /** The same on the end-to-end error. */
  readonly e2eError: SignedRankTest;
  /** MAPE of the predictor minus that of the baseline, percentage points, and its interval over paired blocks of rows. */
  readonly mapeDifference: number;
  /** 95 %. */
  readonly mapeDifferenceInterval: BootstrapInterval;
}

/** One predictor's place. Errors in percent, on test rows and test requests; null where the data has none. */
export interface LeaderboardRow extends Summary {
  /** Name of the predictor; of a program, its id. */
  readonly name: string;
  /** What it is. */
  readonly kind: EntryKind;
  /** In one line. */
  readonly description: string;
  /** The rows that the predictor was fitted on. */
  readonly fittedOn: string;
  /** Numbers that were fitted or chosen, over all groups; for trees the leaves and split points. */
  readonly parameters: number;
  /** Time that the fit took; null for a program that was fitted in its run. */
  readonly fitSeconds: number | null;
  /**
   * Time that the prediction of a step takes, µs: the least of three passes over the test rows. Null where it predicts nothing.
   */
  readonly predictUsPerStep: number | null;
  /** By experiment. */
  readonly experiments: readonly ExperimentMetrics[];
  /** Experiments with test rows that the predictor could not predict; they are in no mean. */
  readonly unpredicted: readonly string[];
  /** 95 % intervals of the mean MAPE. */
  readonly mapeIntervals: Intervals;
  /** Errors of latencies as clients would see them; null where the data has no clients, or the target is no clock. */
  readonly closedLoop: ClosedLoopScore | null;
  /** Null for the best baseline itself, for a predictor that predicts no experiment, and where there are no test rows. */
  readonly versusBest: Comparison | null;
  /** What a reader of its figures should know. */
  readonly notes: readonly string[];
}
