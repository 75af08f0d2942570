import pLimit from 'p-limit';
import { modelKey, type TableExperiment } from '../../data/index.ts';
import { type ExperimentMetrics, withoutSecondEntries } from '../../evaluate/index.ts';
import { createRandom, mean, median } from '../../numeric/index.ts';
import { type ClosedLoopScore, type LoopErrors, overLoops } from '../closed-loop/score.ts';
import { fittedProgram } from '../fitted-program.ts';
import { blackbox } from '../formulas.ts';
import type { FittedPredictor } from '../predictor.ts';
import { type LabelledRows, someLabelledRows } from '../rows.ts';
import { type Figures, metricsOf, overExperiments } from '../score.ts';
import { fitConstants, fitFold, type GeneralisationInput, heldOutPredictor } from './fold-fits.ts';
import { heldOutLoops } from './held-out-loops.ts';
import { selectRows } from './select-rows.ts';

/** Errors on the test rows and requests of what was held out. */
export interface HeldOut {
  /** Model key or workload. */
  readonly heldOut: string;
  /** Why there are no errors, or null. */
  readonly problem: string | null;
  /** Of the program. */
  readonly experiments: readonly ExperimentMetrics[];
  /** The blackbox line, fitted on the same rows. */
  readonly blackbox: readonly ExperimentMetrics[];
  /** The program in closed loop; nothing where the data has no clients. */
  readonly closedLoop: readonly LoopErrors[];
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

/** A check that was made, or why the data does not allow it. */
export type Checked<T> =
  | T
  | {
      /** Why. */
      readonly impossible: string;
    };

/**
 * Holds out one model after the other (experiments of equal architecture and parallelism), fits the constants on the training
 * rows of all others together, and scores the test rows and requests of what was held out.
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
  const { table, test, clients } = input;
  const served = (clients?.experiments ?? []).map((experiment) => ({
    experiment,
    key: keyOf({ modelKey: modelKey(experiment), workload: experiment.workload }),
  }));
  const keys = [...new Set([...table.experiments.map(keyOf), ...served.map(({ key }) => key)])].sort();
  if (keys.length < 2) return { impossible: `all experiments have one ${what}: ${keys.join()}` };
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
          closedLoop:
            'problem' in fits || clients === undefined
              ? []
              : heldOutLoops(
                  input,
                  clients.dataset,
                  served.filter(({ key }) => key === heldOut).map(({ experiment }) => experiment),
                  served.filter(({ key }) => key !== heldOut).map(({ experiment }) => experiment),
                  fits,
                ),
        };
      }),
    ),
  );
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
  // Clients see light and heavy batches alike.
  const table = withoutSecondEntries(input.table);
  // Of requests that were observed nobody knows which batch took how long.
  const limits = table.experiments.map(({ rows: { train }, observations }) =>
    observations === undefined ? median(table.weights.e2e.subarray(...train)) : undefined,
  );
  if (limits.every((limit) => limit === undefined)) return { impossible: 'no steps were recorded' };
  const light = selectRows(
    table,
    (index, split, row) => split !== 'train' || table.weights.e2e[row]! <= (limits[index] ?? Number.POSITIVE_INFINITY),
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
    limits: Object.fromEntries(
      table.experiments.flatMap(({ id }, index) => (limits[index] === undefined ? [] : [[id, limits[index]]])),
    ),
    extrapolated,
    fitted,
    mean: overExperiments(extrapolated, mean),
    fittedMean: overExperiments(fitted, mean),
  };
}
