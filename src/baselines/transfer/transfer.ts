import { groupBy } from '../../base/index.ts';
import { SYSTEM_PARTS, type StepTarget, type Dataset, type SystemPart } from '../../data/index.ts';
import { bootstrap, createRandom, type Random } from '../../numeric/index.ts';
import type { Checked } from '../validation/checked.ts';
import type { FittedPredictor } from '../predictor.ts';
import type { TrainingData } from '../rows.ts';
import {
  MEASURED,
  type Measured,
  type MeasuredErrors,
  type MeasuredExperiment,
  measuredExperiments,
} from './measured.ts';

/** Mean absolute error of what was measured, percent. */
export interface TransferError {
  /** Over experiments; each serving point counts alike, as does each experiment otherwise. */
  readonly mape: number;
  /** Lower end of its 95 % interval over resamples of experiments; null where there are too few. */
  readonly low: number | null;
  /** The upper end. */
  readonly high: number | null;
}

/** Errors by what was measured: steps or, of requests, TTFT, time between tokens and E2E; null where it was not. */
export interface TransferErrors {
  /** Of single steps. */
  readonly step: TransferError | null;
  /** Of the time to first token. */
  readonly ttft: TransferError | null;
  /** Of the time between tokens. */
  readonly itl: TransferError | null;
  /** End to end. */
  readonly e2e: TransferError | null;
}

/** What a predictor comes to on one part that it learned nothing of. */
export interface TransferPart {
  /** The models, kind of GPU, generation or engine. */
  readonly heldOut: string;
  /** Experiments of it. */
  readonly experiments: number;
  /** Measured steps, requests or serving points of them. */
  readonly measurements: number;
  readonly errors: TransferErrors;
  /** Why there are none, or null. */
  readonly problem: string | null;
}

/** A predictor over all parts of a way of holding out. */
export interface TransferRow {
  /** Of the predictor; of a program, its id. */
  readonly name: string;
  /** A program of a run, or what it is held against. */
  readonly kind: 'program' | 'baseline';
  /** Experiments that it predicts. */
  readonly predicted: number;
  /** Over all of these. */
  readonly errors: TransferErrors;
  /** One for each part, in the same order for all predictors. */
  readonly parts: readonly TransferPart[];
}

/** How predictors carry over to what they learned nothing of. All that was measured of a part is judged, whatever its split. */
export interface TransferReport {
  /** Fitted on training rows of everything: what the others are beside. One part, which holds all. */
  readonly fitted: readonly TransferRow[];
  /** Each model held out; those of equal dimensions together. */
  readonly model: Checked<readonly TransferRow[]>;
  /** Each kind of GPU held out. */
  readonly hardware: Checked<readonly TransferRow[]>;
  /** Each generation of GPUs held out. */
  readonly generation: Checked<readonly TransferRow[]>;
  /** Each engine held out. */
  readonly engine: Checked<readonly TransferRow[]>;
}

/** A predictor that is fitted anew without each part. */
export interface TransferContestant {
  readonly name: string;
  readonly kind: TransferRow['kind'];
  /**
   * The fit on the training rows of some experiments.
   *
   * @param held ids of those that are left out; none for a fit on all
   */
  fitWithout(held: ReadonlySet<string>, data: TrainingData): Promise<FittedPredictor | { readonly problem: string }>;
}

/** Seeds the resamples; fixed, so that a report is the same each time. */
const SEED = 1;

/**
 * Fits predictors without each model, kind of GPU, generation and engine in turn, and judges them on it.
 *
 * @param onPart is told what is held out next.
 */
export async function transferReport(
  dataset: Dataset,
  target: StepTarget,
  contestants: readonly TransferContestant[],
  onPart: (heldOut: string) => void = () => undefined,
): Promise<TransferReport> {
  const experiments = measuredExperiments(dataset, target);
  const everything = new Map([[ALL, experiments]]);
  const judge = async (parts: Parts, isHeldOut: boolean): Promise<readonly TransferRow[]> => {
    const judged: (readonly Judged[])[] = [];
    for (const [heldOut, own] of parts) {
      onPart(heldOut);
      judged.push(await judgePart(experiments, own, isHeldOut, contestants));
    }
    return contestants.map((contestant, at) =>
      rowOf(
        contestant,
        [...parts],
        judged.map((each) => each[at]!),
      ),
    );
  };
  const ways: [SystemPart, Checked<readonly TransferRow[]>][] = [];
  for (const by of SYSTEM_PARTS) {
    const parts = groupBy(experiments, ({ system }) => system[by]);
    const [only] = parts.keys();
    ways.push([by, parts.size > 1 ? await judge(parts, true) : { impossible: `all experiments are of one: ${only}` }]);
  }
  return {
    fitted: await judge(everything, false),
    ...(Object.fromEntries(ways) as { [P in SystemPart]: Checked<readonly TransferRow[]> }),
  };
}

const ALL = 'everything';

type Parts = ReadonlyMap<string, readonly MeasuredExperiment[]>;

/** What a predictor comes to on a part. */
interface Judged {
  readonly errors: readonly ExperimentErrors[];
  readonly problem: string | null;
}

interface ExperimentErrors {
  readonly weight: number;
  readonly errors: MeasuredErrors;
}

async function judgePart(
  all: readonly MeasuredExperiment[],
  part: readonly MeasuredExperiment[],
  isHeldOut: boolean,
  contestants: readonly TransferContestant[],
): Promise<readonly Judged[]> {
  const held = new Set(isHeldOut ? part.map(({ id }) => id) : []);
  const rest = all.filter(({ id }) => !held.has(id));
  const data: TrainingData = {
    train: rest.map(({ training }) => training),
    valid: [],
    measured: new Map(),
    replayed: rest.filter(({ isReplayed }) => isReplayed).map(({ id }) => id),
  };
  const judged: Judged[] = [];
  for (const contestant of contestants) {
    const fitted = await contestant.fitWithout(held, data);
    judged.push('problem' in fitted ? { errors: [], problem: fitted.problem } : errorsOn(part, fitted));
  }
  return judged;
}

function errorsOn(part: readonly MeasuredExperiment[], fitted: FittedPredictor): Judged {
  const errors = part.flatMap(({ weight, rows, errorsOf }): readonly ExperimentErrors[] => {
    const p = fitted.predict(rows);
    return p === undefined ? [] : [{ weight, errors: errorsOf(p) }];
  });
  return { errors, problem: errors.length === 0 ? 'not fitted for such experiments' : null };
}

function rowOf(
  { name, kind }: TransferContestant,
  parts: readonly (readonly [string, readonly MeasuredExperiment[]])[],
  judged: readonly Judged[],
): TransferRow {
  const random = createRandom(SEED).split('transfer', name);
  const all = judged.flatMap(({ errors }) => errors);
  return {
    name,
    kind,
    predicted: all.length,
    errors: joined(all, random.split('all')),
    parts: parts.map(([heldOut, experiments], at) => {
      const { errors, problem } = judged[at]!;
      return {
        heldOut,
        experiments: experiments.length,
        measurements: errors.reduce((sum, each) => sum + countOf(each), 0),
        errors: joined(errors, random.split(heldOut)),
        problem,
      };
    }),
  };
}

/** Steps, or requests: what is measured of them most often. */
function countOf({ errors }: ExperimentErrors): number {
  return Math.max(0, ...MEASURED.map((name) => errors[name]?.length ?? 0));
}

function joined(all: readonly ExperimentErrors[], random: Random): TransferErrors {
  const of = (name: Measured): TransferError | null => {
    const means = all.flatMap(({ weight, errors }) => {
      const own = errors[name];
      return own === undefined ? [] : [{ weight, mean: own.reduce((sum, error) => sum + error, 0) / own.length }];
    });
    if (means.length === 0) return null;
    const mape = (at: Iterable<number>): number => {
      let [sum, total] = [0, 0];
      for (const index of at) {
        const { weight, mean } = means[index]!;
        sum += weight * mean;
        total += weight;
      }
      return sum / total;
    };
    const { low, high } = bootstrap([means.length], ([drawn]) => mape(drawn!), { random: random.split(name) });
    return { mape: mape(means.keys()), low, high };
  };
  return { step: of('step'), ttft: of('ttft'), itl: of('itl'), e2e: of('e2e') };
}
