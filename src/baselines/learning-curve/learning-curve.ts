import pLimit from 'p-limit';
import type { RegressionTable } from '../../data/index.ts';
import { createRandom, mean, type Random, sum } from '../../numeric/index.ts';
import { fittedProgram } from '../fitted-program.ts';
import { type FittedPredictor, type Predictor, predictBlind } from '../predictor.ts';
import type { TrainingData } from '../rows.ts';
import { absoluteErrors } from '../score.ts';
import type { Checked } from '../validation/checked.ts';
import { fitConstants } from '../validation/fold-fits.ts';
import type { GeneralisationInput } from '../validation/generalisation-input.ts';
import { someOfData, someOfTable } from './some-rows.ts';

/** The error of a predictor that was fitted on a share of the training rows. */
export interface LearningPoint {
  /** Of the training rows of each experiment, 0–1. */
  readonly share: number;
  /** Training rows, over all experiments; the mean over repeats. */
  readonly rows: number;
  /** MAPE on validation rows, mean over experiments and repeats, percent; null where no repeat predicts all of them. */
  readonly mape: number | null;
  /** The least of the repeats. */
  readonly low: number | null;
  /** The greatest of them. */
  readonly high: number | null;
  /** Repeats that have an error; each draws other rows. Of all rows there is one draw alone. */
  readonly repeats: number;
}

/** How the error of one predictor falls with the number of training rows. */
export interface LearningCurve {
  /** `the program`, or the name of a baseline. */
  readonly name: string;
  /** `program`: its structure stays, its constants are fitted anew. */
  readonly kind: 'program' | 'baseline';
  /** From few rows to all. */
  readonly points: readonly LearningPoint[];
}

/** Error on validation rows against the number of training rows. */
export interface LearningCurves {
  /** Ids of the experiments: those whose steps were recorded. */
  readonly experiments: readonly string[];
  /** Of the program, then of every baseline. */
  readonly curves: readonly LearningCurve[];
}

/** Which shares of the training rows are drawn, and how often each but the whole. */
export interface Draws {
  readonly shares: readonly number[];
  readonly repeats: number;
}

const DRAWS: Draws = { shares: [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1], repeats: 5 };
/** Seeds the draws; fixed, so that curves are the same each time. */
const SEED = 1;

/** Without clients: what is compared is the error of steps. */
type Input = Pick<GeneralisationInput, 'program' | 'settings' | 'table' | 'data'>;

/**
 * Fits a program and baselines on 1/16 of the training rows of each experiment, on 1/8 and so on up to all of them, and scores them on
 * all validation rows.
 *
 * The rows are blocks of neighbouring ones, drawn at random over the whole time of an experiment. Neighbours are nearly copies of each
 * other, so that single rows would know of all that happened however few they are; and the earliest blocks would be those of a light load
 * where the load grows, and say what load does rather than what rows do.
 */
export async function learningCurves(
  input: Input,
  baselines: readonly Predictor[],
  onPredictor: (name: string) => void,
  draws: Draws = DRAWS,
): Promise<Checked<LearningCurves>> {
  const recorded = recordedSteps(input);
  if (recorded === undefined) return { impossible: 'no experiment has recorded steps to train on and to validate by' };
  const own = { program: input.program, settings: input.settings, ...recorded };
  onPredictor('the program');
  const program = await programCurve(own, draws);
  const curves = baselines.map((predictor) => {
    onPredictor(predictor.name);
    return baselineCurve(own, predictor, draws);
  });
  return { experiments: recorded.data.train.map(({ experiment }) => experiment.id), curves: [program, ...curves] };
}

/** The experiments whose steps are known: of the others nobody knows the error of a step, and reports cannot be taken in part. */
function recordedSteps({
  table,
  data,
}: Input): { readonly table: RegressionTable; readonly data: TrainingData } | undefined {
  const validated = new Set(data.valid.map(({ experiment }) => experiment.id));
  const train = data.train.filter(({ experiment: { id } }) => validated.has(id) && !data.replayed.includes(id));
  const ids = new Set(train.map(({ experiment }) => experiment.id));
  if (ids.size === 0) return undefined;
  const experiments = table.experiments.filter(({ id, observations }) => ids.has(id) && observations === undefined);
  return {
    table: { ...table, experiments },
    data: {
      train,
      valid: data.valid.filter(({ experiment: { id } }) => ids.has(id)),
      measured: new Map([...data.measured].filter(([id]) => ids.has(id))),
      replayed: [],
    },
  };
}

/** What was drawn, and the error that came of it. */
interface Draw {
  readonly rows: number;
  readonly mape: number | null;
}

async function programCurve(
  { program, settings, table, data }: Input,
  { shares, repeats }: Draws,
): Promise<LearningCurve> {
  const limit = pLimit(settings.jobs);
  const points = await Promise.all(
    shares.map(async (share) => {
      const draws = streams(share, repeats).map((random) =>
        limit(async (): Promise<Draw> => {
          const some = someOfTable(table, share, random);
          const fitted = await fitConstants({ program, settings }, some, settings.scope);
          const rows = sum(some.experiments.map(({ rows: { train } }) => train[1] - train[0]));
          if ('problem' in fitted) return { rows, mape: null };
          return { rows, mape: validationMape(data, fittedProgram(program, fitted.fits, settings.scope)) };
        }),
      );
      return pointOf(share, await Promise.all(draws));
    }),
  );
  return { name: 'the program', kind: 'program', points };
}

function baselineCurve({ data }: Pick<Input, 'data'>, predictor: Predictor, { shares, repeats }: Draws): LearningCurve {
  const points = shares.map((share) => {
    const draws = streams(share, repeats).map((random): Draw => {
      const some = someOfData(data, share, random);
      const fitted = predictor.fit(some, random.split(predictor.name));
      return { rows: sum(some.train.map(({ y }) => y.length)), mape: validationMape(data, fitted) };
    });
    return pointOf(share, draws);
  });
  return { name: predictor.name, kind: 'baseline', points };
}

/** A stream for each repeat, the same for every share and predictor. */
function streams(share: number, repeats: number): readonly Random[] {
  const random = createRandom(SEED).split('learning-curve');
  return Array.from({ length: share === 1 ? 1 : repeats }, (_, repeat) => random.split(repeat));
}

function validationMape({ valid }: TrainingData, fitted: FittedPredictor): number | null {
  const errors = valid.map((rows) => {
    const p = predictBlind(fitted, rows);
    return p === undefined ? Number.NaN : mean(absoluteErrors({ rows, p }));
  });
  const mape = mean(errors);
  return Number.isFinite(mape) ? mape : null;
}

function pointOf(share: number, draws: readonly Draw[]): LearningPoint {
  const known = draws.flatMap(({ mape }) => (mape === null ? [] : [mape]));
  const isKnown = known.length > 0;
  return {
    share,
    rows: mean(draws.map(({ rows }) => rows)),
    mape: isKnown ? mean(known) : null,
    low: isKnown ? Math.min(...known) : null,
    high: isKnown ? Math.max(...known) : null,
    repeats: known.length,
  };
}
