import { type StepColumn, unrecorded, visibleFeatures } from '../physics/index.ts';
import type { Dataset } from './dataset.ts';

/** A feature that programs may use, as far as step records go. */
type Feature = ReturnType<typeof visibleFeatures>[number];

/** A feature that some experiment cannot compute, with the columns that were not recorded there. */
export interface UnavailableFeature {
  readonly feature: Feature;
  readonly missing: readonly StepColumn[];
}

/** The features that programs may use and that every experiment with step records can compute. */
export function availableFeatures(dataset: Dataset): readonly Feature[] {
  return visibleFeatures().filter((feature) => missingFor(dataset, feature).length === 0);
}

/** The other ones. */
export function unavailableFeatures(dataset: Dataset): readonly UnavailableFeature[] {
  return visibleFeatures()
    .map((feature) => ({ feature, missing: missingFor(dataset, feature) }))
    .filter(({ missing }) => missing.length > 0);
}

function missingFor({ experiments }: Dataset, { needs }: Feature): readonly StepColumn[] {
  return [...new Set(experiments.flatMap(({ steps }) => (steps === undefined ? [] : unrecorded(steps, needs))))];
}
