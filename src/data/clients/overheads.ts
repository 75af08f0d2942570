/**
 * What clients see beyond the steps of the engine, µs: transport, tokenising and detokenising. A time to first token holds
 * `requestUs` and one `tokenUs`, a time between tokens one `tokenUs`, the time to the last token `requestUs` and a `tokenUs` for each
 * output token; the answer is complete `completionUs` later. None of them takes the engine's time.
 *
 * Source: BLIS, sim/latency_model.go: α0, α1 and α2 of its current interface.
 */
export interface ClientOverheads {
  /** Before a request can be scheduled: α0. */
  readonly requestUs: number;
  /** From the last token to the end of the answer: α1. */
  readonly completionUs: number;
  /** For each output token on its way out: α2. */
  readonly tokenUs: number;
}

export const NO_OVERHEADS: ClientOverheads = Object.freeze({ requestUs: 0, completionUs: 0, tokenUs: 0 });
