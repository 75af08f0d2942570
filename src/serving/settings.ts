/**
 * What decides the batches of a serving engine. Names are those of vLLM's arguments.
 *
 * Source: vllm-project/vllm, `vllm/v1/core/sched/scheduler.py`, `vllm/config/scheduler.py`.
 */
export interface EngineSettings {
  /** Requests in a batch at most. */
  readonly maxNumSeqs: number;
  /** Token budget of a step. */
  readonly maxNumBatchedTokens: number;
  /** Prompt and output of a request together at most, tokens. */
  readonly maxModelLen: number;
  /** KV blocks of one rank. */
  readonly kvBlocks: number;
  /** Tokens of a KV block. */
  readonly blockSize: number;
  /** Whether a prompt may be computed in several steps. */
  readonly chunkedPrefill: boolean;
  /** Tokens of one prompt in one step at most; 0 for no limit of its own. */
  readonly longPrefillTokenThreshold: number;
  /**
   * Whether prompts that open alike share the blocks of their common beginning, and are computed from there on; a preempted request
   * finds the beginning of its own tokens as long as nobody has taken its blocks.
   */
  readonly prefixCaching: boolean;
  /** Whether a request is admitted only where its prompt, and what it has generated, fits into the free blocks as a whole. */
  readonly reserveFullPrompt: boolean;
  /** Share of the blocks that admitting a request beside others must leave free. */
  readonly watermark: number;
  /**
   * Whether a step is scheduled while the one before it runs: an arrival then waits for one step more, and so does what takes the
   * place and the blocks of a request that is done.
   */
  readonly asyncScheduling: boolean;
  /** Ranks with a scheduler and a cache of their own. */
  readonly dataParallel: number;
  /** Whether every step of the ranks takes as long as the longest of them, as expert parallelism demands. */
  readonly lockStep: boolean;
}

/** vLLM's defaults on its smaller GPUs; the number of KV blocks has none, since it depends on model and GPU. */
export const DEFAULT_ENGINE: Omit<EngineSettings, 'kvBlocks'> = Object.freeze({
  maxNumSeqs: 256,
  maxNumBatchedTokens: 2048,
  maxModelLen: Number.POSITIVE_INFINITY,
  blockSize: 16,
  chunkedPrefill: true,
  longPrefillTokenThreshold: 0,
  prefixCaching: true,
  reserveFullPrompt: false,
  watermark: 0,
  asyncScheduling: false,
  dataParallel: 1,
  lockStep: false,
});
