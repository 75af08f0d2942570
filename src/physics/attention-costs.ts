import type { Attention, GroupedAttention, LatentAttention, LinearAttention } from './architecture.ts';

/** What grows with the context of a request. */
export interface ContextCosts {
  /** FLOPs for each pair of a token and one that it looks at. */
  readonly prefillFlops: number;
  readonly decodeFlops: number;
  /** Bytes that the cache holds of a token, on all GPUs of a rank together. */
  readonly kvBytes: number;
}

/** What one layer's attention costs. */
export interface AttentionCosts {
  /** Entries of its projections, each multiplied with every token. */
  readonly weights: number;
  /** Over all tokens of the context. */
  readonly all: ContextCosts;
  /** Over no more than `window` of them; with `window` 0 there is none. */
  readonly near: ContextCosts;
  readonly window: number;
  /** FLOPs to expand a token that is in the cache, once for each chunk of a prompt behind it. */
  readonly expandFlops: number;
  /** FLOPs of the state of fixed size, for each token. */
  readonly stateFlops: number;
  /** Bytes of that state of a request, on all GPUs of a rank together. */
  readonly stateBytes: number;
}

const NONE: ContextCosts = { prefillFlops: 0, decodeFlops: 0, kvBytes: 0 };
const NOTHING = { all: NONE, near: NONE, window: 0, expandFlops: 0, stateFlops: 0, stateBytes: 0 } as const;

/** Key of a token in a sparse index: fp8 with a scale of 4 bytes. */
const INDEX_SCALE_BYTES = 4;
/** A latent in fp8 has scales of 4 bytes for each 128 entries and keeps its rotary part in 16 bits (vLLM's `fp8_ds_mla`). */
const LATENT_BLOCK = 128;
/** Decay, outer product and read-out of a state: two FLOPs for each entry and each of them. */
const STATE_FLOPS = 6;

type Costs<A extends Attention> = (attention: A, hiddenSize: number, tp: number, kvBytes: number) => AttentionCosts;

const COSTS: { readonly [K in Attention['kind']]: Costs<Extract<Attention, { kind: K }>> } = {
  grouped: groupedCosts,
  latent: latentCosts,
  linear: linearCosts,
};

/**
 * Costs of a layer's attention.
 *
 * @param tp GPUs that share it. What cannot be divided is on each of them: KV heads where there are fewer, latents.
 * @param kvBytes of an entry of the cache.
 */
export function attentionCosts(attention: Attention, hiddenSize: number, tp: number, kvBytes: number): AttentionCosts {
  return (COSTS[attention.kind] as Costs<Attention>)(attention, hiddenSize, tp, kvBytes);
}

/** Two FLOPs for each entry of a head and product with keys and with values. */
function groupedCosts(a: GroupedAttention, hiddenSize: number, tp: number, kvBytes: number): AttentionCosts {
  const queries = hiddenSize * a.heads * a.headSize;
  const keys = hiddenSize * a.kvHeads * a.headSize;
  const flops = 4 * a.heads * a.headSize;
  const costs: ContextCosts = {
    prefillFlops: flops,
    decodeFlops: flops,
    kvBytes: 2 * Math.max(a.kvHeads, tp) * a.headSize * kvBytes,
  };
  return {
    ...NOTHING,
    weights: queries * (a.outputGate ? 3 : 2) + keys * (a.sharedProjection ? 1 : 2),
    ...(a.window === undefined ? { all: costs } : { near: costs, window: a.window }),
  };
}

function latentCosts(a: LatentAttention, hiddenSize: number, tp: number, kvBytes: number): AttentionCosts {
  const { heads, latentSize: r, ropeSize: p, contentSize: n, valueSize: v, queryLatentSize: q, index } = a;
  const queryWeights = q === undefined ? hiddenSize * heads * (n + p) : hiddenSize * q + q * heads * (n + p);
  const weights = queryWeights + hiddenSize * (r + p) + r * heads * (n + v) + heads * v * hiddenSize;
  const isNarrow = index !== undefined && kvBytes < 2;
  const latentBytes = isNarrow ? r * kvBytes + (r / LATENT_BLOCK) * INDEX_SCALE_BYTES + 2 * p : (r + p) * kvBytes;
  const absorbed = 2 * heads * (2 * r + p);
  if (index === undefined) {
    const all = { prefillFlops: 2 * heads * (n + p + v), decodeFlops: absorbed, kvBytes: latentBytes * tp };
    return { ...NOTHING, weights, all, expandFlops: 2 * r * heads * (n + v) };
  }
  const search = 2 * index.heads * index.headSize;
  const keyBytes = (index.headSize + INDEX_SCALE_BYTES) * tp;
  return {
    ...NOTHING,
    // Of the index: queries from the compressed ones, one key, a weight for each of its heads.
    weights: weights + (q ?? hiddenSize) * index.heads * index.headSize + hiddenSize * (index.headSize + index.heads),
    all: { prefillFlops: search, decodeFlops: search, kvBytes: keyBytes },
    near: { prefillFlops: absorbed, decodeFlops: absorbed, kvBytes: latentBytes * tp },
    window: index.topTokens,
  };
}

function linearCosts({ weights, stateEntries, stateBytes }: LinearAttention): AttentionCosts {
  return { ...NOTHING, weights, stateFlops: STATE_FLOPS * stateEntries, stateBytes };
}
