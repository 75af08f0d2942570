import type { ServingContext } from './architecture.ts';
import type { ModelParameters } from './formulas.ts';
import type { ModelCosts } from './model-costs.ts';

const USUAL_NODE = 8;

/**
 * What a GPU sends, for each token of its rank's batch.
 *
 * All-reduces are rings: 2(n − 1)/n of what is reduced, after the attention and after the feed-forward of each layer. Where ranks share
 * experts, tokens go to them and come back in place of the second: to all GPUs alike where each expert is divided (all-gather and
 * reduce-scatter), to the GPUs of the experts that they visit where whole ones are spread (all-to-all).
 */
export function communication(
  {
    architecture,
    hardware,
    tensorParallelism: tp,
    dataParallelism: dp = 1,
    pipelineParallelism: pp = 1,
    expertParallel,
  }: ServingContext,
  { attentionLayers, feedForwardLayers, expertLayers }: ModelCosts,
): Pick<
  ModelParameters,
  'allReduceBytesPerToken' | 'expertTrafficBytesPerToken' | 'stageBytesPerToken' | 'linkBytesPerUs' | 'outerBytesPerUs'
> {
  const bytes = architecture.hiddenSize * architecture.bytesPerParameter;
  const shares = dp > 1;
  const reductions = attentionLayers + feedForwardLayers - (shares ? expertLayers : 0);
  const group = tp * dp;
  const visits = expertParallel ? architecture.activeExperts / tp : dp;
  const { interconnectBandwidth: link, networkBandwidth: network = link, acceleratorsPerNode = USUAL_NODE } = hardware;
  return {
    allReduceBytesPerToken: (2 * reductions * bytes * (tp - 1)) / tp,
    expertTrafficBytesPerToken: shares ? (2 * expertLayers * visits * bytes * (group - 1)) / group : 0,
    stageBytesPerToken: (pp - 1) * bytes,
    linkBytesPerUs: link / 1_000_000,
    outerBytesPerUs: (group * pp > acceleratorsPerNode ? network : link) / 1_000_000,
  };
}
