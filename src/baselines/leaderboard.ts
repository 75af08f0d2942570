import { createRandom, type Random } from '../numeric/index.ts';
import type { ClosedLoopScore } from './closed-loop/score.ts';
import type { Contestant, LeaderboardRow } from './leaderboard-row.ts';
import { type FittedPredictor, predictBlind } from './predictor.ts';
import type { LabelledRows, TrainingData } from './rows.ts';
import { absoluteErrors, meanIntervals, metricsOf, type Predicted, summarise } from './score.ts';
import { byError, compare, isComplete, type Scored } from './versus-best.ts';

export interface Leaderboard {
  /** Ascending in mean MAPE; where there are no test rows, in the closed loop's mean E2E error. */
  readonly rows: readonly LeaderboardRow[];
  /** The first baseline of those that predict every experiment. */
  readonly bestBaseline: string | null;
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
  const fitted = contestants.map((contestant) => {
    const one = fitOne(contestant, data);
    onFitted?.(contestant.predictor.name);
    return one;
  });
  const test = openTest();
  return leaderboardOf(fitted.map((each) => scoreFitted(each, data, test, closedLoop)));
}

/**
 * Fits one predictor on training rows, then opens the test rows and scores it: all that `rank` does with it before it compares.
 *
 * @param openTest called once, when it is fitted.
 */
export function scoreContestant(
  contestant: Contestant,
  data: TrainingData,
  openTest: () => readonly LabelledRows[],
  { closedLoop }: Pick<RankOptions, 'closedLoop'> = {},
): Scored {
  const fitted = fitOne(contestant, data);
  return scoreFitted(fitted, data, openTest(), closedLoop);
}

/** Compares predictors that are scored, whoever did that. */
export function leaderboardOf(scored: readonly Scored[]): Leaderboard {
  const random = createRandom(SEED);
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

function scoreFitted(
  fitted: Fitted,
  data: TrainingData,
  test: readonly LabelledRows[],
  closedLoop: RankOptions['closedLoop'],
): Scored {
  return {
    ...scoreOne(fitted, test, createRandom(SEED).split(fitted.predictor.name, 'bootstrap')),
    notes: [...replayNotes(fitted, data), ...fitted.fitted.notes],
    closedLoop: closedLoop?.(fitted, fitted.fitted) ?? null,
  };
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

function fitOne(contestant: Contestant, data: TrainingData): Fitted {
  const random = createRandom(SEED).split(contestant.predictor.name, 'fit');
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
