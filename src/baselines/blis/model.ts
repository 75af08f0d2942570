import { type Architecture, type LayerGroup, type ServingContext } from '../../physics/index.ts';

/**
 * A model and its hardware as BLIS sees them (sim/model_hardware_config.go, main of August 2026). What that differs in from what the
 * project's components count is kept as it is there:
 *
 * - the head size is hidden size / heads, whatever `head_dim` says, and latent or windowed attention is counted as full attention;
 * - all layers of a model with experts have them, the leading dense ones too;
 * - the KV cache has the bytes that the model computes in, and all weights are of one type;
 * - neither LM head nor embeddings are read.
 *
 * Models that alternate layers with and without experts (Llama 4) have an overhead there for each of the former; it is left out.
 */
export interface BlisModel {
  /** L, d, H, Hkv and H·size / H. */
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Layers with experts, and those without. */
  readonly expertLayers: number;
  readonly denseLayers: number;
  readonly denseSize: number;
  /** N, k and the width of an expert and of the shared ones. */
  readonly experts: number;
  readonly active: number;
  readonly expertSize: number;
  readonly sharedSize: number;
  /** Bytes of a weight, and of an activation and an entry of the cache. */
  readonly weightBytes: number;
  readonly activationBytes: number;
  readonly tp: number;
  /** Ranks with batches of their own. */
  readonly dp: number;
  /** Of one GPU, FLOP/µs and bytes/µs. */
  readonly flopsPerUs: number;
  readonly bytesPerUs: number;
}

/** @returns undefined where BLIS refuses to serve it: heads that the GPUs cannot share evenly. */
export function blisModel({
  architecture: a,
  hardware,
  tensorParallelism: tp,
  dataParallelism: dp = 1,
}: ServingContext): BlisModel | undefined {
  if (a.heads % tp !== 0 || a.kvHeads % tp !== 0) return undefined;
  const hasExperts = a.experts > 1;
  const weight = a.precision?.weights.attention;
  const weightBytes = weight === undefined ? a.bytesPerParameter : Math.max(0.5, Math.floor(2 * weight.bytes) / 2);
  const fp8 = weightBytes === 1 ? hardware.peaks?.fp8 : undefined;
  return {
    layers: a.layers,
    hidden: a.hiddenSize,
    heads: a.heads,
    kvHeads: a.kvHeads,
    headSize: Math.floor(a.hiddenSize / a.heads),
    expertLayers: hasExperts ? a.layers : 0,
    denseLayers: hasExperts ? 0 : a.layers,
    denseSize: a.intermediateSize,
    experts: hasExperts ? a.experts : 0,
    active: a.activeExperts,
    expertSize: a.intermediateSize,
    sharedSize: sharedSize(a),
    weightBytes,
    activationBytes: a.bytesPerParameter,
    tp,
    dp,
    flopsPerUs: (fp8 ?? hardware.peakFlops) / 1e6,
    bytesPerUs: hardware.memoryBandwidth / 1e6,
  };
}

function sharedSize({ layerGroups = [] }: Architecture): number {
  const routed = layerGroups.find(({ feedForward }: LayerGroup) => feedForward?.experts !== undefined);
  return routed?.feedForward?.size ?? 0;
}
