import { explainProgram } from '../baselines/index.ts';
import { fitsInUse } from '../evaluate/index.ts';
import { findProgram, readState, type Run } from '../run/index.ts';
import type { ShowDocument } from './documents.ts';
import { readProgram } from './read-run.ts';
import { datasetOf } from './workspace.ts';

/**
 * One program of a run with what its times are made of: shares of terms by regime, importance of features, signs of slopes, residuals.
 * Reads training and validation rows; test rows stay closed.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, or its data is gone.
 */
export async function explainedProgram(run: Run, id?: string): Promise<ShowDocument> {
  const document = readProgram(run, id);
  const { program, evaluation } = findProgram(run, readState(run).state, document.id);
  const { target, scope } = run.config;
  const dataset = await datasetOf(run);
  return {
    ...document,
    explanation: explainProgram({ dataset, target, program, fits: fitsInUse(evaluation), scope }),
  };
}
