import { UserError } from '../../base/index.ts';
import { type RegressionTable, withoutTests } from '../../data/index.ts';
import { type ClientLoop, createPool, fitsInUse, type GroupFit, type Scope } from '../../evaluate/index.ts';
import { fittedProgram } from '../fitted-program.ts';
import { type Grouped, groupOfRows } from '../groups.ts';
import type { FittedPredictor } from '../predictor.ts';
import type { GeneralisationInput } from './generalisation-input.ts';
import type { Part } from './parts.ts';

/** The constants that a held-out experiment gets: those of its group where the others have it, else the pooled ones. */
export interface FoldFits {
  readonly byGroup: readonly GroupFit[];
  readonly pooled: readonly GroupFit[];
}

/** Why there are no constants. */
export interface NoFits {
  readonly problem: string;
}

/** Fits on the rest of a part: by group where the rest may know the part's groups, and over all of it. */
export async function fitFold(
  input: GeneralisationInput,
  table: RegressionTable,
  { pooledOnly, limits }: Part,
): Promise<FoldFits | NoFits> {
  const { scope } = input.settings;
  // Batches are held out of experiments that stay, so that each has a group of its own.
  if (limits !== undefined) {
    const grouped = await fitConstants(input, table, scope);
    return 'problem' in grouped ? grouped : { byGroup: grouped.fits, pooled: [] };
  }
  const pooled = await fitConstants(input, table, 'global');
  if ('problem' in pooled) return pooled;
  if (pooledOnly || scope !== 'model') return { byGroup: [], pooled: pooled.fits };
  const grouped = await fitConstants(input, table, scope);
  return 'problem' in grouped ? grouped : { byGroup: grouped.fits, pooled: pooled.fits };
}

/** What constants are fitted with; without a dataset whose clients are served, on the rows of the table alone. */
type FitInput = Pick<GeneralisationInput, 'program' | 'settings' | 'served' | 'contexts'> &
  Partial<Pick<GeneralisationInput, 'dataset'>>;

/** Fits a structure to the training rows of a table, as a run does it in the end. */
export async function fitConstants(
  input: FitInput,
  table: RegressionTable,
  scope: Scope,
): Promise<{ readonly fits: readonly GroupFit[] } | NoFits> {
  const { program, settings } = input;
  // A structure is judged here by how it carries over, so a poor fit is an answer and no reason to reject it.
  const options = { ...settings, scope, screenLimit: Number.POSITIVE_INFINITY, jobs: 1 };
  const pool = await createPool(table, options, clientsOf(input, table, scope));
  try {
    const [evaluation] = await pool.evaluate([{ program, stream: ['generalisation'] }]);
    if (evaluation?.status === 'ok') {
      const { fits } = evaluation;
      const [closedLoop] = (await pool.closeLoop?.([{ program, fits }])) ?? [];
      const isFitted = closedLoop !== undefined && !('status' in closedLoop);
      return { fits: fitsInUse({ fits, ...(isFitted && { closedLoop }) }) };
    }
    return { problem: `${evaluation?.reason}: ${evaluation?.detail}` };
  } catch (error) {
    // Too few rows remain to fit on.
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  } finally {
    await pool.close();
  }
}

/** Clients to fit constants with as a run does it in the end: those of the table's experiments, where they decide and in its own scope. */
function clientsOf(
  { dataset: whole, served, settings, contexts = 'blocks' }: FitInput,
  table: RegressionTable,
  scope: Scope,
): ClientLoop | undefined {
  if (whole === undefined || served === undefined) return undefined;
  if (settings.objective !== 'replay' || scope !== settings.scope) return undefined;
  const kept = new Set(table.experiments.map(({ id }) => id));
  const dataset = withoutTests(whole);
  const experiments = dataset.experiments.filter(({ id }) => kept.has(id));
  const { requestWeights, floor } = settings;
  return { dataset: { ...dataset, experiments }, scope, contexts, requestWeights, floor, fitsConstants: true };
}

/** A program with the constants that a held-out experiment gets. */
export function heldOutPredictor(
  { program, settings }: GeneralisationInput,
  fits: FoldFits,
  part: Grouped,
): FittedPredictor {
  const group = groupOfRows(part, settings.scope);
  const own = fits.byGroup.filter((fit) => fit.group === group);
  return own.length > 0 ? fittedProgram(program, own, settings.scope) : fittedProgram(program, fits.pooled, 'global');
}
