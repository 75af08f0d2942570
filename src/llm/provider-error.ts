import type { ErrorCode } from '../base/index.ts';
import type { TokenUsage } from './types.ts';

/**
 * What went wrong with an attempt. `permanent` will not get better by waiting (wrong key, unknown model); `aborted` was
 * asked for; `adapted` is not the next attempt's fault: that one is written as the server wants it. All others may pass.
 */
export type ProviderFault =
  | 'adapted'
  | 'rate-limit'
  | 'server'
  | 'network'
  | 'timeout'
  | 'broken-stream'
  | 'permanent'
  | 'aborted';

/** What to do about a permanent fault, and the code of the error that ends the run for it. */
export interface Remedy {
  readonly code: ErrorCode;
  readonly mend: string;
}

export interface ProviderErrorDetails {
  /** For permanent faults. */
  readonly remedy?: Remedy;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number;
  /** What the attempt used up before it failed. */
  readonly usage?: TokenUsage;
  /** For `adapted`: what is done otherwise from now on. */
  readonly adaptation?: string;
}

/** An attempt that gave no reply. */
export class ProviderError extends Error {
  readonly fault: ProviderFault;
  readonly remedy: Remedy | undefined;
  readonly retryAfterMs: number | undefined;
  readonly usage: TokenUsage | undefined;
  readonly adaptation: string | undefined;

  constructor(fault: ProviderFault, message: string, details: ProviderErrorDetails = {}) {
    super(message);
    this.name = 'ProviderError';
    this.fault = fault;
    this.remedy = details.remedy;
    this.retryAfterMs = details.retryAfterMs;
    this.usage = details.usage;
    this.adaptation = details.adaptation;
  }
}
