import { createRandom, mean } from '../../numeric/index.ts';
import type { Program } from '../../program/index.ts';
import { type ClosedLoopScore, overLoops } from '../closed-loop/score.ts';
import type { Predictor } from '../predictor.ts';
import { type Figures, overExperiments } from '../score.ts';
import { fitFold, heldOutPredictor } from './fold-fits.ts';
import { type Fold, rowsOfPart } from './folds.ts';
import type { GeneralisationInput } from './generalisation-input.ts';
import { type HeldOutErrors, judgePart } from './judge.ts';
import type { Part } from './parts.ts';

/** `searched`: the pick of a search without the part; `refitted`: the run's own structure, its constants fitted without the part. */
export type ContenderKind = 'searched' | 'refitted' | 'baseline';

/** What a predictor that learned nothing of a part comes to on it. */
export interface Contender extends HeldOutErrors {
  /** What it is called, the same in each fold. */
  readonly name: string;
  readonly kind: ContenderKind;
  /** Why it has no errors, or null. An experiment for which it was not fitted has none either. */
  readonly problem: string | null;
}

/** A contender over all parts of a way of holding out. */
export interface ContenderAverage {
  /** That of the contender. */
  readonly name: string;
  readonly kind: ContenderKind;
  /** Experiments whose test rows it predicts, each as often as it was held out. */
  readonly predicted: number;
  /** Mean over these. */
  readonly mean: Figures;
  /** Experiments that it serves in closed loop, saturated ones not counted. */
  readonly served: number;
  /** Over these; null where there is none. */
  readonly closedLoop: Pick<ClosedLoopScore, 'mean' | 'median'> | null;
}

const NOTHING: HeldOutErrors = { experiments: [], closedLoop: [] };

/** Fits the constants of a structure without a part and judges it on the part. */
export async function judgeStructure(
  input: GeneralisationInput,
  { table }: Fold,
  part: Part,
  { program, ...label }: { readonly program: Program } & Pick<Contender, 'name' | 'kind'>,
): Promise<Contender> {
  const own = { ...input, program };
  const fits = await fitFold(own, table, part);
  if ('problem' in fits) return { ...label, problem: fits.problem, ...NOTHING };
  return { ...label, problem: null, ...judgePart(input, part, (where) => heldOutPredictor(own, fits, where)) };
}

/** Seeds the sampling of the baselines; fixed, so that a validation is the same each time. */
const SEED = 1;

/** Fits a baseline without a part and judges it on the part. */
export function judgeBaseline(input: GeneralisationInput, { data }: Fold, part: Part, predictor: Predictor): Contender {
  const label = { name: predictor.name, kind: 'baseline' as const };
  if (data.train.length === 0) return { ...label, problem: 'no training rows are left', ...NOTHING };
  const fitted = predictor.fit(data, createRandom(SEED).split(predictor.name, 'fit'));
  const errors = judgePart(input, part, () => fitted);
  const isSilent = errors.experiments.length === 0 && errors.closedLoop.length === 0;
  return { ...label, problem: isSilent ? 'not fitted for such experiments' : null, ...errors };
}

/** A contender that could not be made. */
export function absent(label: Pick<Contender, 'name' | 'kind'>, problem: string): Contender {
  return { ...label, problem, ...NOTHING };
}

/** Averages of contenders of one name. */
export function averageOf(contenders: readonly Contender[]): Omit<ContenderAverage, 'name' | 'kind'> {
  const experiments = contenders.flatMap((each) => each.experiments);
  const loops = contenders.flatMap((each) => each.closedLoop);
  const served = loops.filter(({ saturated }) => !saturated).length;
  const { mean: meanLoop, median } = overLoops(loops);
  return {
    predicted: experiments.length,
    mean: overExperiments(experiments, mean),
    served,
    closedLoop: served === 0 ? null : { mean: meanLoop, median },
  };
}

/** Why nothing is judged where no part has anything to judge by. */
export const UNJUDGED = 'no part has test rows or clients to judge by';

/** Whether there is anything to judge by: test rows, or clients that are served. */
export function isJudged({ test, served = [] }: Pick<GeneralisationInput, 'test' | 'served'>, part: Part): boolean {
  return (
    rowsOfPart(test, part).length > 0 || (part.limits === undefined && served.some(({ id }) => part.ids.includes(id)))
  );
}
