import type { ServingContext } from './architecture.ts';
import type { ModelParameter } from './formulas.ts';

/** The values of the model parameters in a serving context. */
export function modelParameters(context: ServingContext): { readonly [P in ModelParameter]: number } {
  const { architecture, hardware } = context;
  return {
    layers: architecture.layers,
    hiddenSize: architecture.hiddenSize,
    heads: architecture.heads,
    kvHeads: architecture.kvHeads,
    headSize: architecture.headSize,
    intermediateSize: architecture.intermediateSize,
    experts: architecture.experts,
    activeExperts: architecture.activeExperts,
    bytesPerParameter: architecture.bytesPerParameter,
    parameters: architecture.parameters,
    tp: context.tensorParallelism,
    peakFlops: hardware.peakFlops,
    memoryBandwidth: hardware.memoryBandwidth,
    interconnectBandwidth: hardware.interconnectBandwidth,
  };
}
