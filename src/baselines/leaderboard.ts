import type { ExperimentMetrics } from '../evaluate/index.ts';
import {
  type BootstrapInterval,
  createRandom,
  type Random,
  signedRankTest,
  type SignedRankTest,
} from '../numeric/index.ts';
import type { ClosedLoopScore } from './closed-loop/score.ts';
import type { FittedPredictor, Predictor } from './predictor.ts';
import type { LabelledRows, TrainingData } from './rows.ts';
import {
  absoluteErrors,
  type Intervals,
  meanIntervals,
  metricsOf,
  type Predicted,
  summarise,
  type Summary,
} from './score.ts';

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

export interface Leaderboard {
  /** Ascending in mean MAPE; where there are no test rows, in the closed loop's mean E2E error. */
  readonly rows: readonly LeaderboardRow[];
  /** The first baseline of those that predict every experiment. */
  readonly bestBaseline: string | null;
}

interface Scored extends Omit<LeaderboardRow, 'versusBest'> {
  readonly errors: ReadonlyMap<string, Float64Array>;
}

/** Seeds the sampling of the baselines and of the bootstrap; fixed, so that a leaderboard is the same each time. */
const SEED = 1;

/** How a leaderboard is made. */
export interface RankOptions {
  /** Told the name of each predictor that is fitted. */
  readonly onFitted?: (name: string) => void;
  /** A fitted predictor against test requests; called when the test rows are open. */
  readonly closedLoop?: (contestant: Contestant, fitted: FittedPredictor) => ClosedLoopScore;
}

/**
 * Fits every predictor on training rows, and scores them all on the test rows and requests, which are opened only then. Times are
 * measured; all else is the same for the same input.
 *
 * @param openTest opens the test rows; called once, when everything is fitted.
 */
export function rank(
  contestants: readonly Contestant[],
  data: TrainingData,
  openTest: () => readonly LabelledRows[],
  { onFitted, closedLoop }: RankOptions = {},
): Leaderboard {
  const random = createRandom(SEED);
  const fitted = contestants.map((contestant) => {
    const one = fitOne(contestant, data, random.split(contestant.predictor.name, 'fit'));
    onFitted?.(contestant.predictor.name);
    return one;
  });
  const test = openTest();
  const scored = fitted.map((each) => ({
    ...scoreOne(each, test, random.split(each.predictor.name, 'bootstrap')),
    notes: [...replayNotes(each, data), ...each.fitted.notes],
    closedLoop: closedLoop?.(each, each.fitted) ?? null,
  }));
  const complete = scored.filter((row) => row.kind === 'baseline' && isComplete(row));
  const best = [...complete].sort(byError)[0];
  return {
    bestBaseline: best?.name ?? null,
    rows: [...scored].sort(byError).map(({ errors, ...row }) => ({
      ...row,
      versusBest:
        best === undefined || best.name === row.name || row.experiments.length === 0
          ? null
          : compare({ ...row, errors }, best, random.split('difference', row.name)),
    })),
  };
}

/** Ascending in MAPE, then in the error of E2E in closed loop; what has neither comes last. */
function byError(a: Scored, b: Scored): number {
  const errorsOf = ({ mean: { mape }, closedLoop }: Scored): readonly number[] =>
    [mape, closedLoop?.mean.e2e].map((error) => error ?? Number.POSITIVE_INFINITY);
  const [ofA, ofB] = [errorsOf(a), errorsOf(b)];
  const at = ofA.findIndex((error, figure) => error !== ofB[figure]);
  return at < 0 ? 0 : ofA[at]! - ofB[at]!;
}

/** Whether all experiments with test rows are predicted or, where there are none, all that are served in closed loop. */
function isComplete({ experiments, unpredicted, closedLoop }: Scored): boolean {
  if (unpredicted.length > 0) return false;
  return experiments.length > 0 || (closedLoop !== null && Object.keys(closedLoop.missing).length === 0);
}

/** What the training rows of a baseline are where steps were not recorded. */
function replayNotes({ kind, predictor }: Contestant, { replayed }: TrainingData): readonly string[] {
  if (kind !== 'baseline' || replayed.length === 0 || predictor.fittedOn === 'nothing') return [];
  return [`fitted on the batches and step times of a replay of training requests: ${replayed.join(', ')}`];
}

interface Fitted extends Contestant {
  readonly fitted: FittedPredictor;
  readonly seconds: number;
}

function fitOne(contestant: Contestant, data: TrainingData, random: Random): Fitted {
  const start = performance.now();
  const fitted = contestant.predictor.fit(data, random);
  return { ...contestant, fitted, seconds: (performance.now() - start) / 1000 };
}

function scoreOne(
  { kind, predictor, fitted, seconds }: Fitted,
  test: readonly LabelledRows[],
  random: Random,
): Omit<Scored, 'closedLoop' | 'notes'> {
  const predicted: Predicted[] = [];
  const unpredicted: string[] = [];
  for (const rows of test) {
    const p = predictBlind(fitted, rows);
    if (p === undefined) unpredicted.push(rows.experiment.id);
    else predicted.push({ rows, p });
  }
  const experiments = predicted.map(metricsOf);
  const errors = predicted.map(absoluteErrors);
  return {
    name: predictor.name,
    kind,
    description: predictor.description,
    fittedOn: predictor.fittedOn,
    parameters: fitted.parameters,
    fitSeconds: kind === 'baseline' ? seconds : null,
    predictUsPerStep: predictionTimeUs(
      fitted,
      predicted.map(({ rows }) => rows),
    ),
    experiments,
    unpredicted,
    ...summarise(experiments),
    mapeIntervals: meanIntervals(errors, random),
    errors: new Map(predicted.map(({ rows }, at) => [rows.experiment.id, errors[at]!])),
  };
}

const TIMED_PASSES = 3;

/** Time for a step, the least of some passes: what disturbs a pass only adds to it. */
function predictionTimeUs(fitted: FittedPredictor, parts: readonly LabelledRows[]): number | null {
  const steps = parts.reduce((sum, { y }) => sum + y.length, 0);
  if (steps === 0) return null;
  const passes = Array.from({ length: TIMED_PASSES }, () => {
    const start = performance.now();
    for (const rows of parts) predictBlind(fitted, rows);
    return (1000 * (performance.now() - start)) / steps;
  });
  return Math.min(...passes);
}

/** A predictor gets the rows without their targets. */
function predictBlind(
  fitted: FittedPredictor,
  { experiment, modelKey, context, steps, contexts }: LabelledRows,
): Float64Array | undefined {
  return fitted.predict({ experiment, modelKey, context, steps, ...(contexts && { contexts }) });
}

function compare(row: Omit<Scored, 'kind'>, best: Scored, random: Random): Comparison {
  const pairs = row.experiments.flatMap((own) => {
    const other = best.experiments.find(({ id }) => id === own.id);
    return other === undefined ? [] : [{ own, other }];
  });
  const differences = pairs.map(({ own }) => {
    const reference = best.errors.get(own.id)!;
    return row.errors.get(own.id)!.map((error, at) => error - reference[at]!);
  });
  const mapeDifference = pairs.reduce((sum, { own, other }) => sum + own.mape - other.mape, 0) / pairs.length;
  return {
    against: best.name,
    mape: signedRankTest(pairs.map(({ own, other }) => other.mape - own.mape)),
    e2eError: signedRankTest(pairs.map(({ own, other }) => other.e2eError - own.e2eError)),
    mapeDifference,
    mapeDifferenceInterval: meanIntervals(differences, random).blocks,
  };
}
