import { BatchBuilder } from './batch.ts';
import { BlockPool } from './block-pool.ts';
import type { ServingRequests } from './requests.ts';
import type { EngineSettings } from './settings.ts';

/** What happened to the requests of one rank; shared by all ranks, since each request is on one of them. */
export interface Progress {
  /** Tokens in the KV cache. */
  readonly computed: Float64Array;
  /** Output tokens generated. */
  readonly generated: Float64Array;
  readonly preemptions: Float64Array;
}

/** Told of what becomes of single requests. */
export interface SchedulingObserver {
  readonly scheduled: (request: number) => void;
  readonly preempted: (request: number, computedTokens: number) => void;
}

/**
 * The continuous-batching scheduler of one rank, after vLLM's. A step takes running requests first, in the order in which they
 * came, then waiting ones while nothing was preempted and token budget, sequence limit and KV blocks allow; the first one that
 * does not fit keeps all others waiting. Where the blocks run out, the last running request is preempted: it goes to the front
 * of those waiting, and what it had in the cache is computed again, its output kept.
 */
export class Scheduler {
  readonly batch: BatchBuilder;
  readonly pool: BlockPool;
  /** Requests preempted by the last step that was scheduled. */
  preempted = 0;
  /** Requests that this step took from those waiting: the last ones of its batch. */
  admitted = 0;
  readonly #requests: ServingRequests;
  readonly #settings: EngineSettings;
  readonly #progress: Progress;
  readonly #observer: SchedulingObserver | undefined;
  /** Output tokens of each request at most. */
  readonly #outputLimit: Float64Array;
  readonly #threshold: number;
  readonly #running: number[] = [];
  /** Front first; `#head` is the front, so that taking one costs nothing. */
  #waiting: number[] = [];
  #head = 0;
  /** Finished requests that an asynchronous scheduler, one step ahead of their last token, still takes for running. */
  #leaving: number[] = [];
  /** Whether what the last step left waiting may be let in by the next one. */
  #isEasing = false;

  constructor(requests: ServingRequests, settings: EngineSettings, progress: Progress, observer?: SchedulingObserver) {
    this.#requests = requests;
    this.#settings = settings;
    this.#progress = progress;
    this.#observer = observer;
    this.#threshold =
      settings.longPrefillTokenThreshold > 0 ? settings.longPrefillTokenThreshold : Number.POSITIVE_INFINITY;
    this.#outputLimit = requests.outputTokens.map((tokens, request) =>
      Math.max(1, Math.min(tokens, settings.maxModelLen - requests.promptTokens[request]!)),
    );
    this.batch = new BatchBuilder(settings.maxNumSeqs);
    this.pool = new BlockPool(
      settings.kvBlocks,
      settings.blockSize,
      requests.arrivalUs.length,
      settings.prefixCaching ? requests.prefixes : undefined,
    );
  }

  get running(): number {
    return this.#running.length;
  }

  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  /** Requests that wait, the next one first. */
  waitingRequests(): readonly number[] {
    return this.#waiting.slice(this.#head);
  }

  /** Lets a request in; false where it could never be served: its prompt is too long, or it needs more blocks than there are. */
  add(request: number): boolean {
    const prompt = this.#requests.promptTokens[request]!;
    const most = prompt + this.#outputLimit[request]! - 1;
    const { maxModelLen, kvBlocks, blockSize, chunkedPrefill, maxNumBatchedTokens } = this.#settings;
    const isHopeless =
      prompt >= maxModelLen ||
      Math.ceil(most / blockSize) > kvBlocks ||
      (!chunkedPrefill && prompt > maxNumBatchedTokens);
    if (isHopeless) return false;
    this.#waiting.push(request);
    return true;
  }

  /** Chooses the tokens of the next step; `batch.count` is 0 where there is nothing to do. */
  schedule(): void {
    this.batch.clear();
    this.preempted = 0;
    this.admitted = 0;
    let budget = this.#settings.maxNumBatchedTokens;
    for (let at = 0; at < this.#running.length; at++) budget = this.#continue(at, budget);
    if (this.preempted === 0) this.#admit(budget);
    this.batch.usedBlocks = this.pool.used;
    this.#isEasing = this.#leaving.length > 0 && this.waiting > 0;
    for (const request of this.#leaving) this.pool.release(request);
    this.#leaving = [];
  }

  /**
   * How many steps in a row keep the batch as it is: every request decodes one token a step, none ends before the last of these
   * steps, and the blocks suffice. At least 1; to be asked after `schedule`.
   */
  unchangedSteps(most: number): number {
    const { batch, pool } = this;
    let steps = most;
    for (let at = 0; at < batch.count && steps > 1; at++) {
      const known = batch.promptTokens[at]! + batch.outputTokens[at]!;
      if (batch.outputTokens[at] === 0 || batch.newTokens[at] !== 1 || batch.computedTokens[at]! + 1 !== known)
        return 1;
      steps = Math.min(steps, this.#outputLimit[batch.request[at]!]! - batch.outputTokens[at]!);
    }
    // What waits was refused by this very step, and would be by the next ones where nothing leaves.
    if (steps <= 1 || this.#isEasing || batch.count !== this.#running.length || this.preempted > 0) return 1;
    let missing = 0;
    for (let at = 0; at < batch.count; at++) {
      missing += pool.missing(batch.request[at]!, batch.computedTokens[at]! + steps);
    }
    return pool.used + missing > pool.total ? 1 : steps;
  }

  /**
   * Ends the step that was scheduled, or as many equal ones as `unchangedSteps` allowed.
   *
   * @param onToken called for each request that got a token, and whether it is done with it.
   */
  complete(steps: number, onToken: (request: number, isDone: boolean) => void): void {
    const { computed, generated } = this.#progress;
    const { count, request: requests, newTokens, promptTokens } = this.batch;
    for (let at = 0; at < count; at++) {
      const request = requests[at]!;
      const tokens = newTokens[at]!;
      const known = promptTokens[at]! + generated[request]!;
      if (computed[request]! + tokens * steps < known) {
        computed[request]! += tokens;
        continue;
      }
      if (steps > 1) this.pool.hold(request, computed[request]! + steps);
      computed[request]! += tokens + steps - 1;
      generated[request]! += steps;
      const isDone = generated[request]! >= this.#outputLimit[request]!;
      onToken(request, isDone);
      if (isDone) this.#leave(request);
    }
  }

  #leave(request: number): void {
    this.#running.splice(this.#running.indexOf(request), 1);
    if (this.#settings.asyncScheduling) this.#leaving.push(request);
    else this.pool.release(request);
  }

  #continue(index: number, budget: number): number {
    const request = this.#running[index]!;
    const computed = this.#progress.computed[request]!;
    const prompt = this.#requests.promptTokens[request]!;
    const output = this.#progress.generated[request]!;
    const tokens = this.#most(prompt + output - computed, budget);
    if (tokens === 0) return budget;
    while (!this.pool.hold(request, computed + tokens)) {
      this.#preemptLast();
      // It was the last one itself: it waits now.
      if (this.#running.length <= index) return budget;
    }
    this.batch.add(request, computed, tokens, prompt, output);
    return budget - tokens;
  }

  #admit(startBudget: number): void {
    const { maxNumSeqs, kvBlocks, watermark, chunkedPrefill, reserveFullPrompt } = this.#settings;
    let budget = startBudget;
    while (this.#running.length + this.#leaving.length < maxNumSeqs && budget > 0 && this.waiting > 0) {
      const request = this.#waiting[this.#head]!;
      const found = this.#findCached(request);
      const computed = this.#progress.computed[request]!;
      const tokens = this.#tokensOf(request, budget);
      const lacking = this.#lacking(request);
      if (!chunkedPrefill && tokens < lacking) return;
      const reserve = this.#running.length === 0 ? 0 : Math.ceil(kvBlocks * watermark);
      const whole = reserveFullPrompt ? this.pool.missing(request, computed + lacking) : 0;
      if (this.pool.used + whole + reserve > kvBlocks) return;
      if (!this.pool.hold(request, computed + tokens, reserve, found)) return;
      this.#head++;
      this.#running.push(request);
      this.admitted++;
      this.#observer?.scheduled(request);
      this.#take(request, tokens);
      budget -= tokens;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }

  /**
   * A request that holds nothing starts behind what the prefix cache has of it; its last token is always computed.
   *
   * @returns blocks of its own that it finds again after a preemption.
   */
  #findCached(request: number): number {
    if (!this.#settings.prefixCaching) return 0;
    const { computed, generated, preemptions } = this.#progress;
    const { blockSize } = this.#settings;
    const known = this.#requests.promptTokens[request]! + generated[request]!;
    const wholeBlocks = Math.floor((known - 1) / blockSize);
    const isNew = preemptions[request] === 0;
    const shared = isNew ? 0 : Math.min(this.pool.sharedBlocks(request), wholeBlocks);
    const found = Math.min(this.pool.left(request), wholeBlocks - shared);
    const cached = isNew ? Math.floor((this.#requests.cachedTokens?.[request] ?? 0) / blockSize) : shared + found;
    computed[request] = Math.min(cached, wholeBlocks) * blockSize;
    return found;
  }

  #preemptLast(): void {
    const request = this.#running.pop()!;
    this.pool.release(request, this.#settings.prefixCaching ? this.#progress.computed[request]! : 0);
    this.#observer?.preempted(request, this.#progress.computed[request]!);
    this.#progress.computed[request] = 0;
    this.#progress.preemptions[request]!++;
    this.preempted++;
    if (this.#head > 0) this.#waiting[--this.#head] = request;
    else this.#waiting.unshift(request);
  }

  #lacking(request: number): number {
    const { computed, generated } = this.#progress;
    return this.#requests.promptTokens[request]! + generated[request]! - computed[request]!;
  }

  #tokensOf(request: number, budget: number): number {
    return this.#most(this.#lacking(request), budget);
  }

  #most(lacking: number, budget: number): number {
    const tokens = lacking < budget ? lacking : budget;
    return tokens < this.#threshold ? tokens : this.#threshold;
  }

  #take(request: number, tokens: number): void {
    const { computed, generated } = this.#progress;
    this.batch.add(request, computed[request]!, tokens, this.#requests.promptTokens[request]!, generated[request]!);
  }
}
