import type { TokenUsage } from './types.ts';

/**
 * What went wrong with an attempt. `permanent` will not get better by waiting (wrong key, unknown model); `aborted` was
 * asked for; all others may pass.
 */
export type ProviderFault = 'rate-limit' | 'server' | 'network' | 'timeout' | 'broken-stream' | 'permanent' | 'aborted';

export interface ProviderErrorDetails {
  /** What to do about it; for permanent faults. */
  readonly mend?: string;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number;
  /** What the attempt used up before it failed. */
  readonly usage?: TokenUsage;
}

/** An attempt that gave no reply. */
export class ProviderError extends Error {
  readonly fault: ProviderFault;
  readonly mend: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly usage: TokenUsage | undefined;

  constructor(fault: ProviderFault, message: string, details: ProviderErrorDetails = {}) {
    super(message);
    this.name = 'ProviderError';
    this.fault = fault;
    this.mend = details.mend;
    this.retryAfterMs = details.retryAfterMs;
    this.usage = details.usage;
  }
}
