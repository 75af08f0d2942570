import { architecture, hardware, type ServingContext } from '../physics/index.ts';
import type { Dataset, Experiment } from './dataset.ts';

/** What is fixed during an experiment, looked up from its names. */
export function servingContext(dataset: Dataset, experiment: Experiment): ServingContext {
  return {
    architecture: architecture(experiment.architecture, dataset.architectures),
    hardware: hardware(experiment.hardware),
    tensorParallelism: experiment.tp,
    blockSize: experiment.blockSize,
  };
}

/**
 * Experiments of equal key run the same model on as many GPUs of the same kind, whatever their folders call it; e.g.
 * `llama-2-70b-tp4-H100`.
 */
export function modelKey({ architecture: model, tp, hardware: gpu }: Experiment): string {
  return `${model}-tp${tp}-${hardware(gpu).name}`;
}
