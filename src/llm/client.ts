import { setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import { UserError } from '../base/index.ts';
import { createRandom } from '../numeric/index.ts';
import type { CallNotice, CallObserver } from './call-notice.ts';
import { callKey, type CallKey, type CallRecord, type Cassette } from './cassette.ts';
import type { Scrub } from './keys.ts';
import { Patience } from './patience.ts';
import { ProviderError, type Remedy } from './provider-error.ts';
import type { CompletionRequest, Provider, Reply, TokenUsage } from './types.ts';
import { addUsage, NO_USAGE } from './usage.ts';

/** How patient a client is. */
export interface ClientSettings {
  /** Calls in flight at a time. */
  readonly concurrency: number;
  /** How long nothing of an answer may come before an attempt is given up; what still comes is not cut. */
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
  /** Told of what happens to calls that are made; texts are scrubbed. */
  readonly observe?: CallObserver | undefined;
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
/** A server that fell silent may be paid for what it did: it is asked once more, not as often as one that says no. */
const MOST_TIMEOUTS = 2;

/**
 * Asks a provider through the cassette. A stored reply is used again; a new one is stored before it is used. Failures that
 * may pass are tried again with exponential backoff and jitter, or as late as the server asks.
 */
export class Client {
  readonly #options: ClientOptions;
  readonly #limit: ReturnType<typeof pLimit>;
  /** Calls that wait in the queue need not find it out again. */
  #permanent: PermanentFailure | undefined;
  readonly #told = new Set<string>();

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
    this.#observe({ kind: 'asked' });
    try {
      const record = await this.#limit(() => this.#attempt(provider, call, name, stored));
      cassette.write(name, key, record);
      return record;
    } finally {
      this.#observe({ kind: 'over', call: name });
    }
  }

  async #attempt(
    provider: Provider,
    { request, affordable }: Call,
    name: string,
    earlier: CallRecord | undefined,
  ): Promise<CallRecord> {
    const { settings, scrub } = this.#options;
    const random = createRandom(name);
    const { model } = request;
    let usage: TokenUsage = earlier?.usage ?? NO_USAGE;
    let waitedMs = 0;
    let paidTries = 0;
    let timeouts = 0;
    // Requests that had to be written otherwise are attempts, but no sign that the server is in trouble.
    let adaptations = 0;
    for (let tries = 1; ; tries++) {
      if (this.#permanent !== undefined) throw this.#permanent;
      const attempts = (earlier?.attempts ?? 0) + tries;
      this.#observe({ kind: 'sent', call: name, model, attempt: attempts });
      try {
        const { end, text, reasoning, note, usage: used } = await this.#once(provider, request);
        return {
          outcome: end,
          text: scrub(text),
          ...(reasoning !== undefined && { reasoning: scrub(reasoning) }),
          ...(note !== undefined && { note: scrub(note) }),
          attempts,
          usage: addUsage(usage, used),
        };
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        const failure = error;
        const text = scrub(failure.message);
        if (failure.fault === 'permanent') {
          const { code, mend } = failure.remedy ?? UNKNOWN_REMEDY;
          this.#permanent = new PermanentFailure({ code, problem: text, mend: scrub(mend) });
          throw this.#permanent;
        }
        if (failure.usage !== undefined) paidTries++;
        usage = addUsage(usage, failure.usage ?? NO_USAGE);
        const isAdapted = failure.fault === 'adapted';
        if (isAdapted) adaptations++;
        if (failure.fault === 'timeout') timeouts++;
        const step = backoffMs(tries - adaptations, random.uniform());
        const waitMs = isAdapted ? 0 : (failure.retryAfterMs ?? step);
        const failed = { text, attempts, usage, ...(failure.fault === 'timeout' && { timedOut: true as const }) };
        if (tries >= affordable.attempts || paidTries >= affordable.paidAttempts)
          return { outcome: 'spent', ...failed };
        const isHopeless =
          tries - adaptations >= settings.maxAttempts ||
          timeouts >= MOST_TIMEOUTS ||
          waitedMs + waitMs > settings.maxWaitMs;
        if (isHopeless) return { outcome: 'failed', ...failed };
        if (failure.adaptation === undefined) this.#observe({ kind: 'again', call: name, model, why: text, waitMs });
        else this.#adapt({ kind: 'adapted', model, adaptation: failure.adaptation, why: text });
        waitedMs += waitMs;
        await setTimeout(waitMs);
      }
    }
  }

  async #once(provider: Provider, request: CompletionRequest): Promise<Reply> {
    const { timeoutMs } = this.#options.settings;
    const patience = new Patience(timeoutMs);
    try {
      return await provider.complete(request, patience.signal, patience.heard);
    } catch (error) {
      if (!(error instanceof ProviderError) || !patience.signal.aborted) throw error;
      const { usage } = error;
      const text = `${usage === undefined ? 'no answer' : 'the answer stopped'}: nothing came for ${timeoutMs / 1000} s`;
      throw new ProviderError('timeout', text, usage === undefined ? {} : { usage });
    } finally {
      patience.end();
    }
  }

  /** Calls that were under way meanwhile learn it too; it is told once. */
  #adapt(notice: Extract<CallNotice, { readonly kind: 'adapted' }>): void {
    const name = `${notice.model}\n${notice.adaptation}`;
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#observe(notice);
  }

  #observe(notice: CallNotice): void {
    this.#options.observe?.(notice);
  }
}

/** Exponential backoff with jitter between half and all of the step, so that calls that failed together part. */
function backoffMs(tries: number, uniform: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + uniform / 2);
}
