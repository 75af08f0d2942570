import { explainProgram } from '../baselines/index.ts';
import { buildTable, type Dataset } from '../data/index.ts';
import { beyondData, type BeyondData, fitsInUse, type GroupFit } from '../evaluate/index.ts';
import type { Program } from '../program/index.ts';
import { findProgram, readState, type Run } from '../run/index.ts';
import type { ShowDocument } from './documents.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { readProgram } from './read-run.ts';
import { refuseTable } from './column-run.ts';
import { datasetOf } from './workspace.ts';

/**
 * One program of a run with how it behaves where nothing was measured: floor, response curves, intervals. Reads training and
 * validation rows; test rows stay closed.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, or its data is gone.
 */
export async function programBeyondData(run: Run, id?: string): Promise<ShowDocument> {
  const dataset = await datasetOf(run);
  refuseTable(dataset, 'a look beyond the data at what hardware can do');
  const document = readProgram(run, id);
  const { program, evaluation } = findProgram(run, readState(run).state, document.id);
  return { ...document, beyond: beyondOf(run, dataset, program, fitsInUse(evaluation)) };
}

/** A program of a run where nothing was measured. */
export function beyondOf(run: Run, dataset: Dataset, program: Program, fits: readonly GroupFit[]): BeyondData {
  const { target, scope } = run.config;
  const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
  return beyondData({ program, fits, scope, dataset, table }, evaluateSettings(run.config, 1));
}

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
  refuseTable(dataset, 'an explanation by regimes of batches');
  return {
    ...document,
    explanation: explainProgram({ dataset, target, program, fits: fitsInUse(evaluation), scope }),
  };
}
