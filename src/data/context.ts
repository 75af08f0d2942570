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

/** Experiments of equal key run the same model on the same number of GPUs, whatever their folders call it. */
export function modelKey(experiment: Experiment): string {
  return `${experiment.architecture}-tp${experiment.tp}`;
}
