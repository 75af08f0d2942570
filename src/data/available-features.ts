import { availableFeatures, modelParameters, type StepColumn, unrecorded, visibleFeatures } from '../physics/index.ts';
import { servingContext } from './context.ts';
import { COLUMN_NAMES } from './steps/column-names.ts';
import type { Dataset } from './dataset.ts';
import { contextSource } from './request-state.ts';

/** A feature that programs may use, as far as step records go. */
type Feature = ReturnType<typeof visibleFeatures>[number];

/** A feature that some experiment cannot compute, with the columns that were not recorded there. */
export interface UnavailableFeature {
  readonly feature: Feature;
  readonly missing: readonly StepColumn[];
}

/** The features that programs may use and that every experiment with step records can compute. */
export function featuresOf(dataset: Dataset): readonly Feature[] {
  return availableFeatures({
    columns: columnsOfAll(dataset),
    state: contextSource(dataset) === 'requests',
    parameters: dataset.experiments.map((experiment) => modelParameters(servingContext(dataset, experiment))),
  });
}

/** The other ones. */
export function unavailableFeatures(dataset: Dataset): readonly UnavailableFeature[] {
  const columns = columnsOfAll(dataset);
  return visibleFeatures(contextSource(dataset))
    .map((feature) => ({ feature, missing: feature.needs.filter((name) => !columns.has(name)) }))
    .filter(({ missing }) => missing.length > 0);
}

/** The columns that were recorded in every experiment with step records, or what is better. */
function columnsOfAll({ experiments }: Dataset): ReadonlySet<StepColumn> {
  const all = experiments.flatMap(({ steps }) => steps ?? []);
  return new Set(COLUMN_NAMES.filter((name) => all.every((steps) => unrecorded(steps, [name]).length === 0)));
}
