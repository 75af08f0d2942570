import { UserError } from '../base/index.ts';
import { type Architecture, layerGroupsOf } from './architecture.ts';
import type { Deployment } from './spread.ts';

/** What an engine was started with, as far as it decides how a model is spread. */
export interface SpreadSettings {
  readonly dataParallel?: number;
  readonly pipelineParallel?: number;
  readonly expertParallel?: boolean;
}

/**
 * How a model is spread beyond tensor parallelism; undefined where that is all. Ranks of a model without experts are replicas, and a
 * batch of one knows nothing of the others.
 */
export function spreadOf(
  { dataParallel: dp = 1, pipelineParallel: pp = 1, expertParallel = false }: SpreadSettings,
  architecture: Architecture,
  tp: number,
): Omit<Deployment, 'tensorParallelism'> | undefined {
  const hasExperts = architecture.experts > 1;
  const spread = {
    ...(pp > 1 && { pipelineParallelism: pp }),
    ...(hasExperts && dp > 1 && { dataParallelism: dp }),
    ...(hasExperts && expertParallel && tp * dp > 1 && { expertParallel: true as const }),
  };
  return Object.keys(spread).length === 0 ? undefined : spread;
}

/** A deployment in short: `tp4`, `tp1-dp2-ep`, `tp8-pp2`. */
export function deploymentName({
  tensorParallelism: tp,
  pipelineParallelism: pp = 1,
  dataParallelism: dp = 1,
  expertParallel,
}: Deployment): string {
  return `tp${tp}${pp > 1 ? `-pp${pp}` : ''}${dp > 1 ? `-dp${dp}` : ''}${expertParallel ? '-ep' : ''}`;
}

/**
 * Refuses deployments that engines refuse: GPUs that heads, widths or layers cannot be divided by. KV heads are kept on several GPUs
 * where there are fewer of them, so the one must divide the other.
 *
 * @throws UserError that names the dimension.
 */
export function checkDeployment(architecture: Architecture, deployment: Deployment): void {
  const { tensorParallelism: tp, pipelineParallelism: pp = 1, dataParallelism: dp = 1, expertParallel } = deployment;
  const divides = (what: string, size: number, by = tp): void => {
    if (size % by !== 0)
      throw impossible(architecture, deployment, `${size} ${what} cannot be divided among ${by} GPUs`);
  };
  if (pp > architecture.layers) {
    throw impossible(architecture, deployment, `${architecture.layers} layers cannot be divided into ${pp} stages`);
  }
  for (const { attention, feedForward } of layerGroupsOf(architecture)) {
    if (attention !== undefined) divides('attention heads', attention.heads);
    if (attention?.kind === 'grouped' && tp > attention.kvHeads && tp % attention.kvHeads !== 0) {
      throw impossible(
        architecture,
        deployment,
        `${attention.kvHeads} key-value heads cannot be copied to ${tp} GPUs evenly`,
      );
    }
    if (attention?.kind === 'grouped' && tp <= attention.kvHeads) divides('key-value heads', attention.kvHeads);
    if (feedForward !== undefined && feedForward.size > 0) divides('feed-forward columns', feedForward.size);
    const { experts } = feedForward ?? {};
    if (experts !== undefined && !expertParallel) divides('columns of an expert', experts.size, tp * dp);
  }
}

function impossible({ name }: Architecture, deployment: Deployment, problem: string): UserError {
  return new UserError({
    code: 'physics.impossible-deployment',
    problem: `${name} cannot be served with ${deploymentName(deployment)}: ${problem}`,
    mend: 'Give the parallelism that the engine was started with, and the configuration of the model that it served',
  });
}
