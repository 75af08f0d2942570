/** What asking a language model once has cost, its retries included. */
export interface CallReport {
  readonly model: string;
  readonly purpose: 'propose' | 'repair';
  /** How the reply ended; `failed` where none came, `spent` where none came and the budget has no room to try again. */
  readonly outcome: 'complete' | 'cut' | 'refused' | 'failed' | 'spent';
  /** Why there is no reply, or what cut it; else empty. */
  readonly detail: string;
  /** Programs that were asked for, and texts in the reply that may be some. */
  readonly asked: number;
  readonly blocks: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null where the model has no price. */
  readonly costUsd: number | null;
}
