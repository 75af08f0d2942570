import type { Architecture } from '../physics/index.ts';
import { servingContext } from './context.ts';
import type { Dataset, Experiment } from './dataset.ts';
import type { SystemKeys } from './table.ts';

/** Of what is not known: its experiments are held out together. */
const UNKNOWN = 'unknown';

/** Of each experiment what it is of, in the order of the dataset. */
export function systemKeys(dataset: Dataset): ReadonlyMap<Experiment, SystemKeys> {
  const contexts = dataset.experiments.map((experiment) => servingContext(dataset, experiment));
  const names = new Map<string, Set<string>>();
  for (const { architecture } of contexts) {
    const dimensions = dimensionsOf(architecture);
    names.set(dimensions, (names.get(dimensions) ?? new Set()).add(architecture.name));
  }
  return new Map(
    dataset.experiments.map((experiment, at) => {
      const { architecture, hardware } = contexts[at]!;
      const keys: SystemKeys = {
        model: [...names.get(dimensionsOf(architecture))!].sort().join('/'),
        hardware: hardware.name,
        generation: hardware.generation ?? UNKNOWN,
        engine: experiment.settings?.engine ?? UNKNOWN,
      };
      return [experiment, Object.freeze(keys)];
    }),
  );
}

/** All that decides how long a step takes but the types of weights and cache. */
function dimensionsOf({ hiddenSize, layers, heads, kvHeads, headSize, vocabularySize, ...more }: Architecture): string {
  const { intermediateSize, experts, activeExperts, layerGroups } = more;
  return JSON.stringify([
    [hiddenSize, layers, heads, kvHeads, headSize, vocabularySize, intermediateSize, experts, activeExperts],
    layerGroups,
  ]);
}
