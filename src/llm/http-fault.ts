import { ProviderError, type ProviderErrorDetails, type Remedy } from './provider-error.ts';
import type { TokenUsage } from './types.ts';

/** The parts that the errors of both SDKs share. */
interface HttpError extends Error {
  readonly status?: number;
  readonly headers?: Headers;
  /** The message alone, where the SDK's holds the whole body. */
  readonly apiMessage?: string | null;
  /** A finer reason than the status, e.g. `insufficient_quota`. */
  readonly code?: string | null;
}

const SECOND_MS = 1000;

/** A `retry-after-ms` or `retry-after` header (seconds or a date) as milliseconds. */
function retryAfterMs(headers: Headers | undefined, nowMs: number): number | undefined {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (milliseconds >= 0) return milliseconds;
  const text = headers?.get('retry-after');
  if (text === null || text === undefined || text.trim() === '') return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * SECOND_MS);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

const REMEDIES: Readonly<Record<number, (where: Where) => Remedy>> = {
  401: ({ keyVariable }) => ({ code: 'llm.wrong-key', mend: `set ${keyVariable} to a valid key` }),
  402: () => ({ code: 'llm.no-credit', mend: 'add credit to the account, or use another provider' }),
  403: ({ keyVariable }) => ({ code: 'llm.forbidden', mend: `use a key in ${keyVariable} that may use this model` }),
  404: () => ({ code: 'llm.unknown-model', mend: 'check the name of the model and the address of the server' }),
  413: () => ({ code: 'llm.long-prompt', mend: 'ask for fewer parents or a smaller prompt in the templates' }),
};
const OTHER_REMEDY: Remedy = {
  code: 'llm.wrong-request',
  mend: 'check the name of the model, the address of the server and the parameters of the request',
};

/** What the message of a permanent fault may name. */
export interface Where {
  readonly provider: string;
  readonly keyVariable: string;
}

/** 408 and 409 are the server's way to say "again", 429 is a rate limit; other 4xx do not get better by waiting. */
const PASSING_4XX: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** An error of an SDK as a fault. `usage` is what the attempt used up before, given once a stream has begun. */
export function toProviderError(error: unknown, where: Where, signal: AbortSignal, usage?: TokenUsage): ProviderError {
  if (error instanceof ProviderError) return error;
  const { message, apiMessage, status, headers, code } = error as HttpError;
  const details: ProviderErrorDetails = usage === undefined ? {} : { usage };
  if (signal.aborted) return new ProviderError('aborted', 'aborted', details);
  const text = `${where.provider}: ${apiMessage ? `${status ?? ''} ${firstLine(apiMessage)}`.trim() : firstLine(message)}`;
  if (status === undefined) {
    // Once a stream has begun, a connection that ends or a part that is no JSON are the same fault: the rest is lost.
    return new ProviderError(usage === undefined ? 'network' : 'broken-stream', text, details);
  }
  const isOutOfQuota = status === 429 && code === 'insufficient_quota';
  if (isOutOfQuota || (status >= 400 && status < 500 && !PASSING_4XX.has(status))) {
    const remedy = REMEDIES[isOutOfQuota ? 402 : status]?.(where) ?? OTHER_REMEDY;
    return new ProviderError('permanent', text, { ...details, remedy });
  }
  const wait = retryAfterMs(headers, Date.now());
  return new ProviderError(status === 429 ? 'rate-limit' : 'server', text, {
    ...details,
    ...(wait !== undefined && { retryAfterMs: wait }),
  });
}

const LONGEST = 300;

function firstLine(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
