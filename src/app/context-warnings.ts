import { type Dataset, reconcile } from '../data/index.ts';
import { visibleFeatures } from '../physics/index.ts';
import { measure, type Program } from '../program/index.ts';

/** Contexts that differ by less between training and serving are alike, percent. */
const ALIKE = 5;

/**
 * Where a program would see other contexts in serving than in training, one line for each experiment: a step record counts KV
 * blocks that requests share once, StepTime adds up the contexts of the requests. Programs that read no context see none.
 */
export function contextWarnings(program: Program, dataset: Dataset): readonly string[] {
  const used = measure(program).features;
  const ofContext = visibleFeatures()
    .filter(({ name, needs }) => used.includes(name) && needs.includes('kvBlocksTotal'))
    .map(({ name }) => name);
  if (ofContext.length === 0) return [];
  return dataset.experiments.flatMap((experiment) => {
    const contexts = reconcile(experiment).contextPerRequest;
    if (contexts === undefined || Math.abs(contexts.gap) < ALIKE) return [];
    const { blocks, clients } = contexts;
    return [
      `${experiment.id}: ${ofContext.join(', ')} saw ${blocks.toFixed(0)} tokens of context a request in training, by KV blocks, and will see about ${clients.toFixed(0)} in serving`,
    ];
  });
}
