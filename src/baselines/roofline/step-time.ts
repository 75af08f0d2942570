import type { ServingContext } from '../../physics/index.ts';
import type { Mfu, Phase } from './mfu.ts';

/** A batch as the roofline sees it: requests of a phase are alike. */
export interface RooflineBatch {
  readonly prefillTokens: number;
  readonly prefillRequests: number;
  readonly decodeTokens: number;
  readonly decodeRequests: number;
  /** Mean context of a request. */
  readonly contextTokens: number;
}

/** Time of a phase, µs, were it bound by compute or by memory alone. */
export interface PhaseTimes {
  readonly computeUs: number;
  readonly memoryUs: number;
}

const LAYER_OVERHEAD_US = 100;
/** Causal attention computes a little more than half of the full square. */
const CAUSAL_SAVING = 1.8;
const FIRST_BUCKET_TOKENS = 512;
/** Shares of the cache and of the activations that really come from memory, by phase. */
const FROM_MEMORY: { readonly [P in Phase]: { readonly cache: number; readonly activations: number } } = {
  prefill: { cache: 0.92, activations: 0.85 },
  decode: { cache: 0.8, activations: 0.75 },
};

/** Step time, µs: the slower of the phases, each bound by compute or by memory, and an overhead for each layer. */
export function rooflineUs(batch: RooflineBatch, context: ServingContext, mfu: Mfu): number {
  const { prefill, decode } = phaseTimes(batch, context, mfu);
  const slower = (times: PhaseTimes): number => Math.max(times.computeUs, times.memoryUs);
  const overhead = (LAYER_OVERHEAD_US * context.architecture.layers) / context.tensorParallelism;
  return Math.max(slower(prefill), slower(decode)) + overhead;
}

/** Compute and memory times of both phases; a phase without requests takes none. */
export function phaseTimes(
  batch: RooflineBatch,
  context: ServingContext,
  mfu: Mfu,
): { readonly prefill: PhaseTimes; readonly decode: PhaseTimes } {
  const { prefillTokens, prefillRequests, decodeTokens, decodeRequests, contextTokens } = batch;
  const none = { computeUs: 0, memoryUs: 0 };
  return {
    prefill:
      prefillRequests === 0
        ? none
        : {
            computeUs:
              gemmUs('prefill', prefillTokens, context, mfu) +
              prefillAttentionUs(prefillRequests, prefillTokens / prefillRequests, contextTokens, context, mfu),
            memoryUs: memoryUs('prefill', prefillTokens, contextTokens * prefillRequests, context),
          },
    decode:
      decodeRequests === 0
        ? none
        : {
            computeUs:
              gemmUs('decode', decodeRequests, context, mfu) +
              decodeAttentionUs(decodeRequests, contextTokens, context, mfu),
            memoryUs: memoryUs('decode', decodeTokens, contextTokens * decodeRequests, context),
          },
  };
}

/** Bytes/µs that streaming reaches on one GPU. */
function bytesPerUs({ hardware }: ServingContext): number {
  return (hardware.memoryBandwidth * hardware.bandwidthEfficiency) / 1e6;
}

/** The products of all layers: Q, O, K, V, and gate, up, down once for each expert that a token visits. */
function gemmUs(phase: Phase, m: number, context: ServingContext, mfu: Mfu): number {
  const { architecture, hardware, tensorParallelism } = context;
  const { hiddenSize: d, intermediateSize: ff, activeExperts, bytesPerParameter, layers } = architecture;
  const dkv = architecture.kvHeads * architecture.headSize;
  const product = (k: number, n: number): number => {
    const computeUs = (2 * m * k * n) / ((hardware.peakFlops / 1e6) * mfu.gemm(phase, m, k, n));
    return Math.max(computeUs, (k * n * bytesPerParameter) / bytesPerUs(context));
  };
  const attention = 2 * product(d, d) + 2 * product(d, dkv);
  const feedForward = 2 * product(d, ff) + product(ff, d);
  return ((attention + activeExperts * feedForward) * layers) / tensorParallelism;
}

function decodeAttentionUs(requests: number, contextTokens: number, context: ServingContext, mfu: Mfu): number {
  const { architecture, hardware, tensorParallelism: tp } = context;
  const { heads, headSize, layers } = architecture;
  const flops = 4 * heads * contextTokens * headSize * layers * requests;
  const share = mfu.decodeAttention(architecture, tp, requests, contextTokens);
  return flops / ((hardware.peakFlops / 1e6) * share) / tp;
}

function prefillAttentionUs(
  requests: number,
  newTokens: number,
  contextTokens: number,
  context: ServingContext,
  mfu: Mfu,
): number {
  const { architecture, hardware, tensorParallelism: tp } = context;
  const { heads, headSize, layers } = architecture;
  const length = contextTokens + newTokens;
  const bucket = FIRST_BUCKET_TOKENS * 2 ** Math.max(0, Math.ceil(Math.log2(length / FIRST_BUCKET_TOKENS)));
  const flops = (requests * 4 * heads * newTokens * length * headSize * layers) / CAUSAL_SAVING;
  return flops / ((hardware.peakFlops / 1e6) * mfu.prefillAttention(architecture, bucket)) / tp;
}

/** Weights, the cache written and read, and activations. */
function memoryUs(phase: Phase, newTokens: number, readTokens: number, context: ServingContext): number {
  const { architecture, tensorParallelism } = context;
  const { layers, hiddenSize, kvHeads, headSize, bytesPerParameter: bytes, parameters } = architecture;
  const cacheBytes = 2 * layers * kvHeads * headSize * bytes;
  const { cache, activations } = FROM_MEMORY[phase];
  const total =
    parameters * bytes +
    cacheBytes * newTokens +
    cacheBytes * readTokens * cache +
    layers * hiddenSize * bytes * newTokens * activations;
  return total / tensorParallelism / bytesPerUs(context);
}
