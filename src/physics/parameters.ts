import { type Engine, ENGINES, type ServingContext } from './architecture.ts';
import type { Hardware } from './hardware.ts';
import { communication } from './communication.ts';
import type { ModelParameters } from './formulas.ts';
import { launches } from './launches.ts';
import { type ModelCosts, modelCosts } from './model-costs.ts';
import type { WeightType } from './precision.ts';

const BF16_BYTES = 2;
const GEMM_PARTS = ['attention', 'feedForward', 'experts'] as const;

/** The values of the model parameters in a serving context. */
export function modelParameters(context: ServingContext): ModelParameters {
  const { architecture, hardware, tensorParallelism: tp } = context;
  const { pipelineParallelism: pp = 1, dataParallelism: dp = 1, expertParallel } = context;
  const costs = modelCosts(architecture, tp);
  const { active, attention, precision, expertWeights, headWeights } = costs;
  const { all, near } = attention;
  const { weights } = precision;
  const equivalent = (type: WeightType): number => hardware.peakFlops / peakOf(hardware, type);
  return {
    layers: architecture.layers,
    experts: architecture.experts,
    parameters: costs.parameters,
    activeParameters: costs.activeParameters,
    vocabularySize: architecture.vocabularySize,
    tp,
    pp,
    dp,
    ep: expertParallel ? tp * dp : 1,
    gpus: tp * pp * dp,
    gemmFlopsPerToken: GEMM_PARTS.reduce((sum, part) => sum + 2 * active[part] * equivalent(weights[part]), 0),
    prefillFlopsPerPair: all.prefillFlops,
    decodeFlopsPerPair: all.decodeFlops,
    nearPrefillFlopsPerPair: near.prefillFlops,
    nearDecodeFlopsPerPair: near.decodeFlops,
    window: attention.window,
    expandFlopsPerToken: attention.expandFlops,
    stateFlopsPerToken: attention.stateFlops,
    denseBytes: active.attention * weights.attention.bytes + active.feedForward * weights.feedForward.bytes,
    // The experts of all ranks are visited by the tokens of all ranks, which are taken to have as many.
    expertBytes: (expertWeights * weights.experts.bytes) / dp,
    missProbability: missProbability(costs, architecture, dp),
    kvBytesPerToken: all.kvBytes,
    nearKvBytesPerToken: near.kvBytes,
    stateBytesPerRequest: attention.stateBytes,
    activationBytesPerToken: architecture.layers * architecture.hiddenSize * architecture.bytesPerParameter,
    headFlopsPerRequest: 2 * headWeights * equivalent(weights.head),
    headBytes: headWeights * weights.head.bytes,
    ...communication(context, costs),
    launches: launches(context),
    expertLayers: costs.expertLayers,
    activeExperts: architecture.activeExperts,
    headsPerGpu: architecture.heads / tp,
    expandedDenseBytes:
      expandedBytes(weights.attention, active.attention) + expandedBytes(weights.feedForward, active.feedForward),
    expandedExpertBytes: expandedBytes(weights.experts, expertWeights) / dp,
    ...engineFlags(context),
    flopsPerUs: (hardware.peakFlops * tp) / 1_000_000,
    bytesPerUs: (hardware.memoryBandwidth * tp) / 1_000_000,
  };
}

/** Bytes that entries have once they are of 16 bits; 0 where they are multiplied as they are stored. */
function expandedBytes({ bytes, compute }: WeightType, entries: number): number {
  return compute === 'bf16' && bytes < BF16_BYTES ? BF16_BYTES * entries : 0;
}

function engineFlags({ engine }: ServingContext): { readonly [E in Engine]: number } {
  return Object.fromEntries(ENGINES.map((each) => [each, Number(engine === each)])) as { [E in Engine]: number };
}

function peakOf({ peakFlops, peaks }: Hardware, { compute }: WeightType): number {
  return compute === 'bf16' ? peakFlops : (peaks?.[compute] ?? peakFlops);
}

/** Routing is taken as uniform; real routing visits fewer experts. */
function missProbability(
  { expertWeights }: ModelCosts,
  { experts, activeExperts }: ServingContext['architecture'],
  ranks: number,
): number {
  if (expertWeights === 0) return 0;
  const one = 1 - activeExperts / experts;
  return Array.from({ length: ranks }, () => one).reduce((product, miss) => product * miss);
}
