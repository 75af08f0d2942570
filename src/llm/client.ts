import { setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import { UserError } from '../base/index.ts';
import { createRandom } from '../numeric/index.ts';
import { callKey, type CallKey, type CallRecord, type Cassette } from './cassette.ts';
import type { Scrub } from './keys.ts';
import { ProviderError, type Remedy } from './provider-error.ts';
import type { CompletionRequest, Provider, TokenUsage } from './types.ts';
import { addUsage, NO_USAGE } from './usage.ts';

/** How patient a client is. */
export interface ClientSettings {
  /** Calls in flight at a time. */
  readonly concurrency: number;
  /** Wall-clock limit of one attempt. */
  readonly timeoutMs: number;
  /** Attempts at one call at most. */
  readonly maxAttempts: number;
  /** How long the waits of one call may be together; a longer one is an outage. */
  readonly maxWaitMs: number;
}

export interface ClientOptions {
  /** Name of the provider, also where there is none to ask. */
  readonly providerName: string;
  /** Undefined to answer from the cassette alone. */
  readonly provider?: Provider;
  readonly cassette: Cassette;
  readonly settings: ClientSettings;
  readonly scrub: Scrub;
}

/** A call that is to be made. */
export interface Call {
  readonly request: CompletionRequest;
  readonly draw: string;
  /** Attempts that the budget has room for: of all, and of those that used tokens before they failed. */
  readonly affordable: { readonly attempts: number; readonly paidAttempts: number };
  /** Whether a stored failure is an answer; otherwise the call is tried again and its earlier attempts still count. */
  readonly acceptFailure: boolean;
}

/** A call that will not succeed by trying again: a wrong key, an unknown model. */
export class PermanentFailure extends UserError {}

const UNKNOWN_REMEDY: Remedy = { code: 'llm.refused', mend: 'check the settings of the provider' };

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Asks a provider through the cassette. A stored reply is used again; a new one is stored before it is used. Failures that
 * may pass are tried again with exponential backoff and jitter, or as late as the server asks.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #limit: ReturnType<typeof pLimit>;
  /** Calls that wait in the queue need not find it out again. */
  #permanent: PermanentFailure | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#limit = pLimit(options.settings.concurrency);
  }

  /**
   * What the call has come to: a reply, `failed` where every attempt failed or the wait grew too long, or `spent` where the
   * budget had no room for another attempt.
   *
   * @throws PermanentFailure at once for a fault that does not pass
   * @throws UserError where there is no provider and no stored reply
   */
  async complete(call: Call): Promise<CallRecord> {
    const { providerName, provider, cassette } = this.#options;
    const key: CallKey = { provider: providerName, request: call.request, draw: call.draw };
    const name = callKey(key);
    const stored = cassette.read(name);
    if (stored !== undefined && (stored.outcome !== 'failed' || call.acceptFailure)) return stored;
    if (provider === undefined) {
      throw new UserError({
        code: 'llm.no-stored-reply',
        problem: `the cassette has no reply to request ${name.slice(0, 12)} (${providerName}, model ${call.request.model}, draw ${call.draw})`,
        mend: 'replay with the configuration, prompts and data of the recorded run',
      });
    }
    const record = await this.#limit(() => this.#attempt(provider, call, name, stored));
    cassette.write(name, key, record);
    return record;
  }

  async #attempt(
    provider: Provider,
    { request, affordable }: Call,
    name: string,
    earlier: CallRecord | undefined,
  ): Promise<CallRecord> {
    const { settings, scrub } = this.#options;
    const random = createRandom(name);
    let usage: TokenUsage = earlier?.usage ?? NO_USAGE;
    let waitedMs = 0;
    let paidTries = 0;
    for (let tries = 1; ; tries++) {
      if (this.#permanent !== undefined) throw this.#permanent;
      const attempts = (earlier?.attempts ?? 0) + tries;
      const timeout = AbortSignal.timeout(settings.timeoutMs);
      try {
        const reply = await provider.complete(request, timeout);
        return { outcome: reply.end, text: scrub(reply.text), attempts, usage: addUsage(usage, reply.usage) };
      } catch (error) {
        const failure = toFailure(error, timeout, settings.timeoutMs);
        const text = scrub(failure.message);
        if (failure.fault === 'permanent') {
          const { code, mend } = failure.remedy ?? UNKNOWN_REMEDY;
          this.#permanent = new PermanentFailure({ code, problem: text, mend: scrub(mend) });
          throw this.#permanent;
        }
        if (failure.usage !== undefined) paidTries++;
        usage = addUsage(usage, failure.usage ?? NO_USAGE);
        const waitMs = failure.retryAfterMs ?? backoffMs(tries, random.uniform());
        if (tries >= affordable.attempts || paidTries >= affordable.paidAttempts) {
          return { outcome: 'spent', text, attempts, usage };
        }
        if (tries >= settings.maxAttempts || waitedMs + waitMs > settings.maxWaitMs) {
          return { outcome: 'failed', text, attempts, usage };
        }
        waitedMs += waitMs;
        await setTimeout(waitMs);
      }
    }
  }
}

function toFailure(error: unknown, timeout: AbortSignal, timeoutMs: number): ProviderError {
  if (!(error instanceof ProviderError)) throw error;
  if (!timeout.aborted) return error;
  const text = `no complete reply within ${timeoutMs / 1000} s`;
  return new ProviderError('timeout', text, error.usage === undefined ? {} : { usage: error.usage });
}

/** Exponential backoff with jitter between half and all of the step, so that calls that failed together part. */
function backoffMs(tries: number, uniform: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + uniform / 2);
}
