import pLimit from 'p-limit';
import type { ExperimentMetrics } from '../../evaluate/index.ts';
import { createRandom, mean } from '../../numeric/index.ts';
import { type ClosedLoopScore, overLoops } from '../closed-loop/score.ts';
import { blackbox } from '../formulas.ts';
import { type Figures, overExperiments } from '../score.ts';
import type { Checked } from './checked.ts';
import { fitFold, heldOutPredictor } from './fold-fits.ts';
import { isJudged, UNJUDGED } from './contenders.ts';
import { foldOf, rowsOfPart } from './folds.ts';
import type { GeneralisationInput } from './generalisation-input.ts';
import { type HeldOutErrors, judgePart, scoreRows } from './judge.ts';
import { type HoldOutName, type Part, PARTS } from './parts.ts';

/** Errors on the test rows and requests of what was held out. */
export interface HeldOut extends HeldOutErrors {
  /** A model key, a workload, a kind of GPU, or what it is in words. */
  readonly heldOut: string;
  /** Ids of the experiments that were held out. */
  readonly ids: readonly string[];
  /** Why there are no errors, or null. */
  readonly problem: string | null;
  /** The blackbox line, fitted on the same rows. */
  readonly blackbox: readonly ExperimentMetrics[];
}

/** One way of holding out; means over all experiments. */
export interface HoldOutCheck {
  /** One for each part that was held out. */
  readonly folds: readonly HeldOut[];
  /** Of the program. */
  readonly mean: Figures;
  /** Of the blackbox line. */
  readonly blackboxMean: Figures;
  /** Of the program in closed loop, experiments that were not saturated; null where nothing was served. */
  readonly closedLoop: Pick<ClosedLoopScore, 'mean' | 'median'> | null;
}

/**
 * Holds out one part after the other, fits the constants on the training rows of the rest, and scores the test rows and requests of
 * the part. Models (experiments of equal architecture, parallelism and GPU) and kinds of GPU get constants of all others together; an
 * experiment of a held-out workload or load gets those of its group as fitted without the part, and where nothing of the group is left,
 * the pooled ones.
 */
export async function holdOut(
  input: GeneralisationInput,
  name: Exclude<HoldOutName, 'lowToHighLoad'>,
): Promise<Checked<HoldOutCheck>> {
  const parts = PARTS[name](input);
  if ('impossible' in parts) return parts;
  // Serving points are neither.
  if (!parts.some((part) => isJudged(input, part))) return { impossible: UNJUDGED };
  const limit = pLimit(input.settings.jobs);
  const folds = await Promise.all(parts.map((part) => limit(() => holdOutPart(input, part))));
  const loops = folds.flatMap(({ closedLoop }) => closedLoop);
  const { mean: meanLoop, median: medianLoop } = overLoops(loops);
  return {
    folds,
    closedLoop: loops.length === 0 ? null : { mean: meanLoop, median: medianLoop },
    mean: overExperiments(
      folds.flatMap(({ experiments }) => experiments),
      mean,
    ),
    blackboxMean: overExperiments(
      folds.flatMap((fold) => fold.blackbox),
      mean,
    ),
  };
}

async function holdOutPart(input: GeneralisationInput, part: Part): Promise<HeldOut> {
  const { table, data } = foldOf(input, part);
  const fits = await fitFold(input, table, part);
  const line = blackbox('global').fit(data, createRandom(0));
  const errors =
    'problem' in fits
      ? { experiments: [], closedLoop: [] }
      : judgePart(input, part, (where) => heldOutPredictor(input, fits, where));
  return {
    heldOut: part.heldOut,
    ids: part.ids,
    problem: 'problem' in fits ? fits.problem : null,
    ...errors,
    blackbox: rowsOfPart(input.test, part).flatMap((rows) => scoreRows(rows, line)),
  };
}
