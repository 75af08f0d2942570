import type { Hardware } from './hardware.ts';
import type { Precision } from './precision.ts';
import type { Deployment } from './spread.ts';

/** Attention over keys and values of each token; several heads may share them (GQA, MQA). */
export interface GroupedAttention {
  readonly kind: 'grouped';
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** A token looks at so many at most, itself among them; absent where it looks at all. */
  readonly window?: number;
  /** Whether queries bring a gate of the output along, of their size. */
  readonly outputGate?: true;
  /** Whether one projection gives keys and values. */
  readonly sharedProjection?: true;
}

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv:2405.04434): one compressed vector a token in place of keys and values. Prefill
 * expands it to heads, decode works on it as it is.
 */
export interface LatentAttention {
  readonly kind: 'latent';
  readonly heads: number;
  /** `kv_lora_rank` */
  readonly latentSize: number;
  /** `qk_rope_head_dim` */
  readonly ropeSize: number;
  /** `qk_nope_head_dim` */
  readonly contentSize: number;
  /** `v_head_dim` */
  readonly valueSize: number;
  /** `q_lora_rank`; absent where queries are not compressed. */
  readonly queryLatentSize?: number;
  /** Sparse attention (DeepSeek-V3.2): an index over all tokens chooses those that are attended to. */
  readonly index?: { readonly heads: number; readonly headSize: number; readonly topTokens: number };
}

/** A layer with a state of fixed size for each request in place of keys and values: gated DeltaNet, KDA, Mamba-2. */
export interface LinearAttention {
  readonly kind: 'linear';
  readonly heads: number;
  /** Entries of its projections. */
  readonly weights: number;
  /** Entries of the state of a request. */
  readonly stateEntries: number;
  /** Bytes of the state of a request, that of its convolution included. */
  readonly stateBytes: number;
}

export type Attention = GroupedAttention | LatentAttention | LinearAttention;

/** What follows the attention of a layer. */
export interface FeedForward {
  /** 3 where it is gated, else 2. */
  readonly matrices: 2 | 3;
  /** Width that every token goes through: of a dense layer, or of shared experts; 0 for none. */
  readonly size: number;
  readonly experts?: { readonly count: number; readonly active: number; readonly size: number };
}

/** Layers that are alike. */
export interface LayerGroup {
  readonly count: number;
  readonly attention?: Attention;
  readonly feedForward?: FeedForward;
}

/** A part of a model that the components do not count. */
export interface UnmodelledPart {
  /** E.g. `vision tower`. */
  readonly what: string;
  /** How much it is expected to be, in words, e.g. `0.4 billion parameters, read where a batch has images`. */
  readonly size: string;
}

/** A transformer as the components see it. Dimensions as in a Hugging Face `config.json`. */
export interface Architecture {
  /** Canonical name, e.g. `llama-2-70b`; experiments of one architecture, deployment and kind of GPU share constants in scope `model`. */
  readonly name: string;
  /** Hugging Face id, e.g. `meta-llama/Llama-2-70b-hf`. */
  readonly id: string;
  /** d */
  readonly hiddenSize: number;
  /** L */
  readonly layers: number;
  /** H */
  readonly heads: number;
  /** Hkv */
  readonly kvHeads: number;
  /** dh */
  readonly headSize: number;
  /** ff, of one expert */
  readonly intermediateSize: number;
  readonly vocabularySize: number;
  /** 1 for a dense model. */
  readonly experts: number;
  /** 1 for a dense model. */
  readonly activeExperts: number;
  /** Of the type that it computes in: of a weight that is not quantised, and of activations. */
  readonly bytesPerParameter: number;
  readonly parameters: number;
  /** Absent where all layers are alike, with grouped attention over all tokens and a gated feed-forward, dense or of experts. */
  readonly layerGroups?: readonly LayerGroup[];
  /** Where weights or cache are of another type. */
  readonly precision?: Precision;
  /** Whether the embeddings are the LM head too. */
  readonly tiedEmbeddings?: true;
  /** Layers that predict further tokens; they run where an engine speculates with them, and are no part of `parameters`. */
  readonly predictionLayers?: number;
  /** What is not counted; absent where that is nothing. */
  readonly unmodelled?: readonly UnmodelledPart[];
}

/** The layers of an architecture, those that are alike together. */
export function layerGroupsOf(a: Omit<Architecture, 'parameters'>): readonly LayerGroup[] {
  if (a.layerGroups !== undefined) return a.layerGroups;
  const { heads, kvHeads, headSize, intermediateSize: size, experts: count, activeExperts: active } = a;
  const feedForward: FeedForward =
    count > 1 ? { matrices: 3, size: 0, experts: { count, active, size } } : { matrices: 3, size };
  return [{ count: a.layers, attention: { kind: 'grouped', heads, kvHeads, headSize }, feedForward }];
}

/** Engines that programs may tell apart. */
export const ENGINES = ['vllm', 'sglang', 'trtllm'] as const;
export type Engine = (typeof ENGINES)[number];

/** What is fixed during an experiment. */
export interface ServingContext extends Deployment {
  readonly architecture: Architecture;
  readonly hardware: Hardware;
  /** KV block size in tokens. */
  readonly blockSize: number;
  /** Absent where it is not known, or none of those that programs may tell apart. */
  readonly engine?: Engine;
}
