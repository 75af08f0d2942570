/** How the simulated server is configured. */
export interface SimulatedServer {
  readonly maxModelTokens: number;
  /** Token budget of a step. */
  readonly maxBatchedTokens: number;
  readonly maxSequences: number;
  /** KV block size. */
  readonly blockTokens: number;
  /** Share of the blocks that admitting a request must leave free, so that it is not preempted at once. */
  readonly watermark: number;
  /** Accelerator of every experiment. */
  readonly hardware: string;
}

/** The settings of the real traces that the demo stands in for; the watermark is vLLM's. */
export const SERVER: SimulatedServer = Object.freeze({
  maxModelTokens: 4096,
  maxBatchedTokens: 2048,
  maxSequences: 128,
  blockTokens: 16,
  watermark: 0.01,
  hardware: 'H100',
});
