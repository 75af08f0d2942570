import { type Dataset, type Experiment, type RegressionTable, withoutTests } from '../../data/index.ts';
import type { ContextSource } from '../../physics/index.ts';
import {
  type ClientLoop,
  createPool,
  type EvaluateSettings,
  fitsInUse,
  type GroupFit,
  type Scope,
} from '../../evaluate/index.ts';
import { UserError } from '../../base/index.ts';
import type { Program } from '../../program/index.ts';
import { fittedProgram } from '../fitted-program.ts';
import { type Grouped, groupOfRows } from '../groups.ts';
import type { FittedPredictor } from '../predictor.ts';
import type { LabelledRows, TrainingData } from '../rows.ts';

/** What the checks of generalisation need. */
export interface GeneralisationInput {
  readonly program: Program;
  /** The constants that the run fitted. */
  readonly fits: readonly GroupFit[];
  /** `jobs`: how many parts are held out at a time. */
  readonly settings: EvaluateSettings;
  /** Training and validation rows. */
  readonly table: RegressionTable;
  readonly data: TrainingData;
  readonly test: readonly LabelledRows[];
  /** Experiments that are served in closed loop too; none where step times are no clock, or nobody's load is known. */
  readonly clients?: { readonly dataset: Dataset; readonly experiments: readonly Experiment[] };
  /** How the program's features know the contexts of requests; from blocks by default. */
  readonly contexts?: ContextSource;
}

/** The constants that a held-out experiment gets: those of its group where the others have it, else the pooled ones. */
export interface FoldFits {
  readonly byGroup: readonly GroupFit[];
  readonly pooled: readonly GroupFit[];
}

/** Why there are no constants. */
export interface NoFits {
  readonly problem: string;
}

export async function fitFold(
  input: GeneralisationInput,
  table: RegressionTable,
  pooledOnly: boolean,
): Promise<FoldFits | NoFits> {
  const pooled = await fitConstants(input, table, 'global');
  if ('problem' in pooled) return pooled;
  const { scope } = input.settings;
  if (pooledOnly || scope !== 'model') return { byGroup: [], pooled: pooled.fits };
  const grouped = await fitConstants(input, table, scope);
  return 'problem' in grouped ? grouped : { byGroup: grouped.fits, pooled: pooled.fits };
}

export async function fitConstants(
  input: GeneralisationInput,
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
  { clients, settings, contexts = 'blocks' }: GeneralisationInput,
  table: RegressionTable,
  scope: Scope,
): ClientLoop | undefined {
  if (clients === undefined || settings.objective !== 'replay' || scope !== settings.scope) return undefined;
  const kept = new Set(table.experiments.map(({ id }) => id));
  const dataset = withoutTests(clients.dataset);
  const experiments = dataset.experiments.filter(({ id }) => kept.has(id));
  const { requestWeights, floor } = settings;
  return { dataset: { ...dataset, experiments }, scope, contexts, requestWeights, floor, fitsConstants: true };
}

export function heldOutPredictor(
  { program, settings }: GeneralisationInput,
  fits: FoldFits,
  part: Grouped,
): FittedPredictor {
  const group = groupOfRows(part, settings.scope);
  const own = fits.byGroup.filter((fit) => fit.group === group);
  return own.length > 0 ? fittedProgram(program, own, settings.scope) : fittedProgram(program, fits.pooled, 'global');
}
