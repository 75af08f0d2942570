/** A transformer as the components see it. Dimensions as in a Hugging Face `config.json`. */
export interface Architecture {
  /** Canonical name, e.g. `llama-2-70b`; experiments of one architecture, tp and kind of GPU share constants in scope `model`. */
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
  readonly bytesPerParameter: number;
  readonly parameters: number;
}

/** Peak figures of one accelerator. */
export interface Hardware {
  readonly name: string;
  /** Dense bf16, FLOP/s. */
  readonly peakFlops: number;
  /** Bytes/s, peak. */
  readonly memoryBandwidth: number;
  /** Share of the peak bandwidth that streaming reaches, 0–1. */
  readonly bandwidthEfficiency: number;
  /** Bytes/s between accelerators of one node. */
  readonly interconnectBandwidth: number;
  readonly memoryBytes: number;
}

/** What is fixed during an experiment. */
export interface ServingContext {
  readonly architecture: Architecture;
  readonly hardware: Hardware;
  readonly tensorParallelism: number;
  /** KV block size in tokens. */
  readonly blockSize: number;
}
