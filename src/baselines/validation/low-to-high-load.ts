import type { ExperimentMetrics } from '../../evaluate/index.ts';
import { mean } from '../../numeric/index.ts';
import { fittedProgram } from '../fitted-program.ts';
import { type Figures, overExperiments } from '../score.ts';
import type { Checked } from './checked.ts';
import { fitConstants } from './fold-fits.ts';
import { lightTable, rowsOfPart } from './folds.ts';
import type { GeneralisationInput } from './generalisation-input.ts';
import { scoreRows } from './judge.ts';
import { PARTS } from './parts.ts';

/** What comes of constants that were fitted on light batches alone, on the heavy batches of the test rows. */
export interface LoadCheck {
  /** For each experiment, the largest number of requests in a batch that was fitted on: the median of its training rows. */
  readonly limits: Readonly<Record<string, number>>;
  /** Errors on test rows above the limit, with constants fitted on training rows up to it. */
  readonly extrapolated: readonly ExperimentMetrics[];
  /** Errors on the same rows with the run's constants, which saw all training rows. */
  readonly fitted: readonly ExperimentMetrics[];
  /** Of `extrapolated`. */
  readonly mean: Figures;
  /** Of `fitted`. */
  readonly fittedMean: Figures;
}

/**
 * Fits on recorded steps of at most the median number of requests and scores the test rows above that. Experiments that are known by
 * their clients alone take no part: these see light and heavy batches alike.
 */
export async function lowToHighLoad(input: GeneralisationInput): Promise<Checked<LoadCheck>> {
  const { test, program, fits, settings, table } = input;
  const parts = PARTS.lowToHighLoad(input);
  if ('impossible' in parts) return parts;
  const [part] = parts;
  if (part?.limits === undefined) throw new Error('batches were held out without a limit');
  const heavy = rowsOfPart(test, part);
  const refitted = await fitConstants(input, lightTable(table, part.limits, ['train']), settings.scope);
  if ('problem' in refitted) return { impossible: refitted.problem };
  const errors = (constants: typeof fits): readonly ExperimentMetrics[] => {
    const predictor = fittedProgram(program, constants, settings.scope);
    return heavy.flatMap((rows) => scoreRows(rows, predictor));
  };
  const extrapolated = errors(refitted.fits);
  const fitted = errors(fits);
  return {
    limits: part.limits,
    extrapolated,
    fitted,
    mean: overExperiments(extrapolated, mean),
    fittedMean: overExperiments(fitted, mean),
  };
}
