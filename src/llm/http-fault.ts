import type { IncomingHttpHeaders } from 'node:http';
import { ProviderError, type ProviderErrorDetails, type Remedy } from './provider-error.ts';
import type { TokenUsage } from './types.ts';
import type { Complaint } from './wire/complaint.ts';

/** What the message of a permanent fault may name. */
export interface Where {
  readonly provider: string;
  readonly keyVariable: string;
}

const SECOND_MS = 1000;

/** A `retry-after-ms` or `retry-after` header (seconds or a date) as milliseconds. */
function retryAfterMs(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const given = headers['retry-after-ms'];
  const milliseconds = typeof given === 'string' ? Number(given) : Number.NaN;
  if (milliseconds >= 0) return milliseconds;
  const text = headers['retry-after'];
  if (text === undefined || text.trim() === '') return undefined;
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
const NO_ROOM: Remedy = {
  code: 'llm.no-room',
  mend: 'allow shorter replies, ask for a smaller prompt in the templates, or use a model with a longer context',
};
/** How servers say that prompt and reply do not fit, under statuses of all kinds. */
const NO_ROOM_WORDS =
  /context[ _](?:length|size|window)|context the overflows|maximum context|max_model_len|(?:max_tokens|max_completion_tokens|max_output_tokens).*too large|too many tokens/i;

/** How a wrong key is told where no status says it (MiniMax). */
const WRONG_KEY_WORDS = /(?:invalid|incorrect|wrong) api[ _]?key|login fail/i;

/** 408 and 409 are the server's way to say "again", 429 is a rate limit; other 4xx do not get better by waiting. */
const PASSING_4XX: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** Where a complaint came from, and when. */
interface Circumstances {
  /** Of the answer that held it. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What the attempt had used up; undefined before anything of a reply has come. */
  readonly usage?: TokenUsage | undefined;
}

/** A server's complaint as a fault. One that comes under a status of success has that of its own words, or may pass. */
export function complaintFault(
  { words, status: own, code }: Complaint,
  { status: outer, headers, usage }: Circumstances,
  where: Where,
): ProviderError {
  const status = outer >= 300 ? outer : (own ?? (WRONG_KEY_WORDS.test(words) ? 401 : undefined));
  const details: ProviderErrorDetails = usage === undefined ? {} : { usage };
  const text = `${where.provider}: ${`${status ?? ''} ${firstLine(words)}`.trim()}`;
  if (status !== 429 && NO_ROOM_WORDS.test(words)) {
    return new ProviderError('permanent', text, { ...details, remedy: NO_ROOM });
  }
  if (status === undefined) return new ProviderError(usage === undefined ? 'server' : 'broken-stream', text, details);
  if (status < 400) {
    const to = headers.location === undefined ? '' : `: the server points to ${firstLine(headers.location)}`;
    return new ProviderError('permanent', `${text}${to}`, { ...details, remedy: OTHER_REMEDY });
  }
  const isOutOfQuota = status === 429 && code === 'insufficient_quota';
  if (isOutOfQuota || (status < 500 && !PASSING_4XX.has(status))) {
    const remedy = REMEDIES[isOutOfQuota ? 402 : status]?.(where) ?? OTHER_REMEDY;
    return new ProviderError('permanent', text, { ...details, remedy });
  }
  const wait = retryAfterMs(headers, Date.now());
  return new ProviderError(status === 429 ? 'rate-limit' : 'server', text, {
    ...details,
    ...(wait !== undefined && { retryAfterMs: wait }),
  });
}

/** A connection that did not come about or broke off. `usage` is what the attempt had used up, once anything of a reply has come. */
export function connectionFault(
  error: unknown,
  { provider }: Where,
  signal: AbortSignal,
  usage?: TokenUsage,
): ProviderError {
  const details: ProviderErrorDetails = usage === undefined ? {} : { usage };
  if (signal.aborted) return new ProviderError('aborted', 'aborted', details);
  return new ProviderError(
    usage === undefined ? 'network' : 'broken-stream',
    `${provider}: ${reasonOf(error)}`,
    details,
  );
}

/** Where a host has several addresses, the reasons stand inside; and some errors have a code alone. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  const { message, code } = error as NodeJS.ErrnoException;
  return firstLine(message || code || 'the connection failed');
}

const LONGEST = 300;

function firstLine(message: string): string {
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
