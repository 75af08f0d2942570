import pLimit from 'p-limit';
import type { RegressionTable, TableExperiment } from '../../data/index.ts';
import {
  createPool,
  type EvaluateSettings,
  type ExperimentMetrics,
  type GroupFit,
  groupOf,
  type Scope,
  withoutSecondEntries,
} from '../../evaluate/index.ts';
import { UserError } from '../../base/index.ts';
import { createRandom, mean, median } from '../../numeric/index.ts';
import type { Program } from '../../program/index.ts';
import { fittedProgram } from '../fitted-program.ts';
import { blackbox } from '../formulas.ts';
import type { FittedPredictor } from '../predictor.ts';
import { type LabelledRows, someLabelledRows, type TrainingData } from '../rows.ts';
import { type Figures, metricsOf, overExperiments } from '../score.ts';
import { selectRows } from './select-rows.ts';

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
}

/** Errors on the test rows of what was held out. */
export interface HeldOut {
  /** Model key or workload. */
  readonly heldOut: string;
  /** Why there are no errors, or null. */
  readonly problem: string | null;
  /** Of the program. */
  readonly experiments: readonly ExperimentMetrics[];
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
}

/** A check that was made, or why the data does not allow it. */
export type Checked<T> =
  | T
  | {
      /** Why. */
      readonly impossible: string;
    };

/** The constants that a held-out experiment gets: those of its group where the others have it, else the pooled ones. */
interface FoldFits {
  readonly byGroup: readonly GroupFit[];
  readonly pooled: readonly GroupFit[];
}

/**
 * Holds out one model after the other (experiments of equal architecture and parallelism), fits the constants on the training
 * rows of all others together, and scores the test rows of what was held out.
 */
export async function leaveOneModelOut(input: GeneralisationInput): Promise<Checked<HoldOutCheck>> {
  return holdOut(input, 'model', (experiment) => experiment.modelKey, true);
}

/**
 * The same by workload. An experiment takes the constants of its group as fitted without the workload; where the group has
 * nothing else, the pooled fit of all others.
 */
export async function leaveOneWorkloadOut(input: GeneralisationInput): Promise<Checked<HoldOutCheck>> {
  return holdOut(input, 'workload', (experiment) => experiment.workload, false);
}

async function holdOut(
  input: GeneralisationInput,
  what: string,
  keyOf: (experiment: Pick<TableExperiment, 'modelKey' | 'workload'>) => string,
  pooledOnly: boolean,
): Promise<Checked<HoldOutCheck>> {
  const { test } = input;
  const table = withoutSecondEntries(input.table);
  const keys = [...new Set(table.experiments.map(keyOf))].sort();
  if (keys.length < 2) return { impossible: `all experiments with step records have one ${what}: ${keys.join()}` };
  const limit = pLimit(input.settings.jobs);
  const folds = await Promise.all(
    keys.map((heldOut) =>
      limit(async (): Promise<HeldOut> => {
        const isHeld = (part: LabelledRows): boolean =>
          keyOf({ modelKey: part.modelKey, workload: part.experiment.workload }) === heldOut;
        const parts = test.filter(isHeld);
        const others = selectRows(table, (index) => keyOf(table.experiments[index]!) !== heldOut);
        const fits = await fitFold(input, others, pooledOnly);
        const line = blackbox('global').fit(
          { ...input.data, train: input.data.train.filter((part) => !isHeld(part)) },
          createRandom(0),
        );
        return {
          heldOut,
          problem: 'problem' in fits ? fits.problem : null,
          experiments:
            'problem' in fits ? [] : parts.map((part) => scorePart(part, heldOutPredictor(input, fits, part))),
          blackbox: parts.map((part) => scorePart(part, line)),
        };
      }),
    ),
  );
  return {
    folds,
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

async function fitFold(
  input: GeneralisationInput,
  table: RegressionTable,
  pooledOnly: boolean,
): Promise<FoldFits | { readonly problem: string }> {
  const pooled = await fitConstants(input, table, 'global');
  if ('problem' in pooled) return pooled;
  const { scope } = input.settings;
  if (pooledOnly || scope !== 'model') return { byGroup: [], pooled: pooled.fits };
  const grouped = await fitConstants(input, table, scope);
  return 'problem' in grouped ? grouped : { byGroup: grouped.fits, pooled: pooled.fits };
}

async function fitConstants(
  { program, settings }: GeneralisationInput,
  table: RegressionTable,
  scope: Scope,
): Promise<{ readonly fits: readonly GroupFit[] } | { readonly problem: string }> {
  // A structure is judged here by how it carries over, so a poor fit is an answer and no reason to reject it.
  const pool = await createPool(table, { ...settings, scope, screenLimit: Number.POSITIVE_INFINITY, jobs: 1 });
  try {
    const [evaluation] = await pool.evaluate([{ program, stream: ['generalisation'] }]);
    if (evaluation?.status === 'ok') return { fits: evaluation.fits };
    return { problem: `${evaluation?.reason}: ${evaluation?.detail}` };
  } catch (error) {
    // Too few rows remain to fit on.
    if (error instanceof UserError) return { problem: error.message };
    throw error;
  } finally {
    await pool.close();
  }
}

function heldOutPredictor(
  { program, settings }: GeneralisationInput,
  fits: FoldFits,
  part: LabelledRows,
): FittedPredictor {
  const group = groupOf({ id: part.experiment.id, modelKey: part.modelKey }, settings.scope);
  const own = fits.byGroup.filter((fit) => fit.group === group);
  return own.length > 0 ? fittedProgram(program, own, settings.scope) : fittedProgram(program, fits.pooled, 'global');
}

function scorePart(rows: LabelledRows, fitted: FittedPredictor): ExperimentMetrics {
  const p = fitted.predict(rows);
  if (p === undefined) throw new Error(`no constants for ${rows.experiment.id}`);
  return metricsOf({ rows, p });
}

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

/** Fits on batches of at most the median number of requests and scores the test rows above that. */
export async function lowToHighLoad(input: GeneralisationInput): Promise<Checked<LoadCheck>> {
  const { test, program, fits, settings } = input;
  const table = withoutSecondEntries(input.table);
  const limits = table.experiments.map(({ rows: { train } }) => median(table.weights.e2e.subarray(...train)));
  const light = selectRows(
    table,
    (index, split, row) => split !== 'train' || table.weights.e2e[row]! <= limits[index]!,
  );
  const heavy = test.flatMap((part) => {
    const limit = limits[table.experiments.findIndex(({ id }) => id === part.experiment.id)];
    const requests = part.steps.prefillRequests.map((count, row) => count + part.steps.decodeRequests[row]!);
    const rows = Array.from(part.y, (_, row) => row).filter((row) => limit !== undefined && requests[row]! > limit);
    if (rows.length === 0) return [];
    return [someLabelledRows(part, rows)];
  });
  if (heavy.length === 0) return { impossible: 'no test row has more requests than the median training row' };
  const refitted = await fitConstants(input, light, settings.scope);
  if ('problem' in refitted) return { impossible: refitted.problem };
  const extrapolated = heavy.map((part) => scorePart(part, fittedProgram(program, refitted.fits, settings.scope)));
  const fitted = heavy.map((part) => scorePart(part, fittedProgram(program, fits, settings.scope)));
  return {
    limits: Object.fromEntries(table.experiments.map(({ id }, index) => [id, limits[index]!])),
    extrapolated,
    fitted,
    mean: overExperiments(extrapolated, mean),
    fittedMean: overExperiments(fitted, mean),
  };
}
