import type { ExperimentMetrics } from '../evaluate/index.ts';
import {
  type BootstrapInterval,
  createRandom,
  type Random,
  signedRankTest,
  type SignedRankTest,
} from '../numeric/index.ts';
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

/** One predictor's place. Errors in percent, on test rows. */
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
  /** Experiments that the predictor could not predict; they are in no mean. */
  readonly unpredicted: readonly string[];
  /** 95 % intervals of the mean MAPE. */
  readonly mapeIntervals: Intervals;
  /** Null for the best baseline itself, and for a predictor that predicts no experiment. */
  readonly versusBest: Comparison | null;
  /** What a reader of its figures should know. */
  readonly notes: readonly string[];
}

export interface Leaderboard {
  /** Ascending in mean MAPE. */
  readonly rows: readonly LeaderboardRow[];
  /** The baseline of the least mean MAPE among those that predict every experiment. */
  readonly bestBaseline: string | null;
}

interface Scored extends Omit<LeaderboardRow, 'versusBest'> {
  readonly errors: ReadonlyMap<string, Float64Array>;
}

/** Seeds the sampling of the baselines and of the bootstrap; fixed, so that a leaderboard is the same each time. */
const SEED = 1;

/**
 * Fits every predictor on training rows, and scores them all on the test rows, which are opened only then. Times are measured;
 * all else is the same for the same input.
 *
 * @param openTest opens the test rows; called once, when everything is fitted.
 * @param onFitted is told the name of each predictor that is fitted.
 */
export function rank(
  contestants: readonly Contestant[],
  data: TrainingData,
  openTest: () => readonly LabelledRows[],
  onFitted: (name: string) => void = () => {},
): Leaderboard {
  const random = createRandom(SEED);
  const fitted = contestants.map((contestant) => {
    const one = fitOne(contestant, data, random.split(contestant.predictor.name, 'fit'));
    onFitted(contestant.predictor.name);
    return one;
  });
  const test = openTest();
  const scored = fitted.map((each) => scoreOne(each, test, random.split(each.predictor.name, 'bootstrap')));
  const complete = scored.filter(({ kind, unpredicted }) => kind === 'baseline' && unpredicted.length === 0);
  const best = [...complete].sort(byMape)[0];
  return {
    bestBaseline: best?.name ?? null,
    rows: [...scored].sort(byMape).map(({ errors, ...row }) => ({
      ...row,
      versusBest:
        best === undefined || best.name === row.name || row.experiments.length === 0
          ? null
          : compare({ ...row, errors }, best, random.split('difference', row.name)),
    })),
  };
}

function byMape(a: Scored, b: Scored): number {
  const rankOf = ({ mean: { mape } }: Scored): number => mape ?? Number.POSITIVE_INFINITY;
  return rankOf(a) === rankOf(b) ? 0 : rankOf(a) - rankOf(b);
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

function scoreOne({ kind, predictor, fitted, seconds }: Fitted, test: readonly LabelledRows[], random: Random): Scored {
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
    notes: fitted.notes,
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
