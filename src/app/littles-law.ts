import {
  contextsOf,
  type Dataset,
  knowsRequests,
  littleE2e,
  modelKey,
  requestsOfRows,
  servingContext,
} from '../data/index.ts';
import { type GroupFit, groupOf, type Scope } from '../evaluate/index.ts';
import { computeFeatures } from '../physics/index.ts';
import { evaluateColumns, measure, type Program } from '../program/index.ts';
import type { LatencyCheck } from './validation-report.ts';

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
    const context = servingContext(dataset, experiment);
    const all = steps.stepId.map((_, row) => row);
    const requests = knowsRequests(dataset) ? requestsOfRows(experiment, all) : undefined;
    const columns = computeFeatures(steps, context, names, contextsOf(dataset, experiment), requests);
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
