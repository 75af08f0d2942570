import { type Dataset, littleE2e, modelKey, servingContext } from '../data/index.ts';
import { type GroupFit, groupOf, type Scope } from '../evaluate/index.ts';
import { computeFeatures } from '../physics/index.ts';
import { evaluateColumns, measure, type Program } from '../program/index.ts';

/** Mean E2E latency that predicted step times imply, beside what the client measured. */
export interface LatencyCheck {
  readonly id: string;
  readonly predictedE2eMs: number;
  readonly measuredE2eMs: number;
  /** Signed, percent of measured. */
  readonly error: number;
  /** How far the sampling of the steps alone moves `error`: one standard error, percent of measured. */
  readonly standardError: number;
  /** Requests that finished in the recorded steps. */
  readonly completions: number;
}

/** Compares predicted and measured mean E2E of every experiment that has step records with completions and client figures. */
export function littlesLaw(
  dataset: Dataset,
  program: Program,
  fits: readonly GroupFit[],
  scope: Scope,
): readonly LatencyCheck[] {
  const names = measure(program).features;
  return dataset.experiments.flatMap((experiment) => {
    const { id, steps, measured } = experiment;
    const group = groupOf({ id, modelKey: modelKey(experiment) }, scope);
    const fit = fits.find((candidate) => candidate.group === group);
    if (steps === undefined || measured === undefined || fit === undefined) return [];
    const columns = computeFeatures(steps, servingContext(dataset, experiment), names);
    const [predictedUs] = evaluateColumns(program.graph, columns, fit.constants, steps.stepId.length);
    const estimate = littleE2e(experiment, predictedUs!);
    if (estimate === undefined) return [];
    const { e2eMs, completions, relativeStandardError } = estimate;
    const percent = 100 * (e2eMs / measured.e2eMs);
    return [
      {
        id,
        predictedE2eMs: e2eMs,
        measuredE2eMs: measured.e2eMs,
        error: percent - 100,
        standardError: percent * relativeStandardError,
        completions,
      },
    ];
  });
}
