import {
  architecture,
  deploymentName,
  hardware,
  ENGINES,
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
    ...engineOf(experiment),
    ...experiment.deployment,
  };
}

/** Keys do not name it. */
const USUAL_ENGINE = 'vllm';

function engineOf({ settings }: Pick<Experiment, 'settings'>): Pick<ServingContext, 'engine'> {
  const engine = ENGINES.find((each) => each === settings?.engine);
  return engine === undefined ? {} : { engine };
}

/**
 * Experiments of equal key run the same model in the same types on as many GPUs of the same kind in the same way under the same engine, whatever their
 * folders call it; e.g. `llama-2-70b-tp4-H100`, `deepseek-v3-tp1-dp8-ep-H200-fp8`.
 */
export function modelKey({ architecture: model, tp, deployment, hardware: gpu, settings = {} }: Experiment): string {
  const { weights, kvCache } = settings;
  const { engine } = engineOf({ settings });
  const types = `${weights === undefined ? '' : `-${weights}`}${kvCache === undefined ? '' : `-kv-${kvCache}`}`;
  const served = engine === undefined || engine === USUAL_ENGINE ? '' : `-${engine}`;
  return `${model}-${deploymentName({ tensorParallelism: tp, ...deployment })}-${hardwareName(gpu)}${types}${served}`;
}
