import {
  architecture,
  deploymentName,
  hardware,
  hardwareName,
  servedAs,
  type ServingContext,
} from '../physics/index.ts';
import type { Dataset, Experiment } from './dataset.ts';

/** What is fixed during an experiment, looked up from its names. */
export function servingContext(
  dataset: Pick<Dataset, 'architectures' | 'accelerators'>,
  experiment: Experiment,
): ServingContext {
  return {
    architecture: servedAs(architecture(experiment.architecture, dataset.architectures), experiment.settings ?? {}),
    hardware: hardware(experiment.hardware, dataset.accelerators),
    tensorParallelism: experiment.tp,
    blockSize: experiment.blockSize,
    ...experiment.deployment,
  };
}

/**
 * Experiments of equal key run the same model in the same types on as many GPUs of the same kind in the same way, whatever their
 * folders call it; e.g. `llama-2-70b-tp4-H100`, `deepseek-v3-tp1-dp8-ep-H200-fp8`.
 */
export function modelKey({ architecture: model, tp, deployment, hardware: gpu, settings = {} }: Experiment): string {
  const { weights, kvCache } = settings;
  const types = `${weights === undefined ? '' : `-${weights}`}${kvCache === undefined ? '' : `-kv-${kvCache}`}`;
  return `${model}-${deploymentName({ tensorParallelism: tp, ...deployment })}-${hardwareName(gpu)}${types}`;
}
