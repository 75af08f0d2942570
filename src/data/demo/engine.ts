import { KvPool } from './kv-pool.ts';
import type { Requests } from './requests.ts';
import { SERVER } from './server-settings.ts';

/** What one step does, summed over its requests. One object is reused from step to step. */
export interface StepWork {
  /** Requests without an output token yet, and the tokens that they compute. */
  prefillRequests: number;
  prefillTokens: number;
  /** The other requests. After a preemption one computes many tokens again. */
  decodeRequests: number;
  decodeTokens: number;
  /** Σ context length over all requests, this step's tokens included. */
  contextTokens: number;
  /** Σ over the tokens of multi-token chunks of the positions that each attends to. */
  chunkAttention: number;
  preemptedRequests: number;
}

/** What the scheduler does with single requests, as it does it. Requests go by their number in order of arrival. */
export interface EngineObserver {
  /** It is taken from the waiting queue, for the first time or after a preemption. */
  scheduled(request: number): void;
  /** It waits again; `computedTokens` of it were in the KV cache. */
  preempted(request: number, computedTokens: number): void;
  /** Its output token of that number, from 0, came out; with the last one the request has left. */
  token(request: number, token: number): void;
}

/** What a request of a batch has when the step is scheduled; tokens. */
export interface RequestState {
  readonly request: number;
  /** In the KV cache before the step. */
  readonly computedTokens: number;
  /** Computed in the step. */
  readonly newTokens: number;
  /** Generated before the step. */
  readonly outputTokens: number;
}

/**
 * A continuous-batching scheduler after vLLM's: running requests first, then waiting ones while the token budget, the
 * sequence limit and the KV blocks allow; prompts are computed in chunks; where blocks run out the youngest running
 * request is preempted and later computed again.
 *
 * Source: Kwon et al., "Efficient memory management for large language model serving with PagedAttention", SOSP 2023.
 */
export class Engine {
  readonly work: StepWork = {
    prefillRequests: 0,
    prefillTokens: 0,
    decodeRequests: 0,
    decodeTokens: 0,
    contextTokens: 0,
    chunkAttention: 0,
    preemptedRequests: 0,
  };
  readonly pool: KvPool;
  /** Told of what happens to single requests. */
  observer: EngineObserver | undefined;
  /** How often each request was preempted. */
  readonly preemptions: Int32Array;
  /** When the first and the last output token of each request came, µs. */
  readonly firstTokenUs: Float64Array;
  readonly finishUs: Float64Array;
  readonly #requests: Requests;
  readonly #sharedTokens: number;
  readonly #running: Int32Array = new Int32Array(SERVER.maxSequences);
  #runningCount = 0;
  /** Preempted requests wait before all others, the last one first. */
  readonly #preempted: number[] = [];
  #nextNew = 0;
  #arrived = 0;
  #finished = 0;
  readonly #computed: Int32Array;
  readonly #generated: Int32Array;
  readonly #scheduled: Int32Array;

  constructor(requests: Requests, kvBlocks: number, sharedTokens: number) {
    this.#requests = requests;
    this.#sharedTokens = sharedTokens;
    this.pool = new KvPool(kvBlocks, requests.group, requests.groups, sharedTokens);
    this.firstTokenUs = new Float64Array(requests.count);
    this.finishUs = new Float64Array(requests.count);
    this.#computed = requests.cachedTokens.slice();
    this.#generated = new Int32Array(requests.count);
    this.#scheduled = new Int32Array(requests.count);
    this.preemptions = new Int32Array(requests.count);
  }

  get running(): number {
    return this.#runningCount;
  }

  get waiting(): number {
    return this.#preempted.length + this.#arrived - this.#nextNew;
  }

  get arrived(): number {
    return this.#arrived;
  }

  get finished(): number {
    return this.#finished;
  }

  /** The requests of the step that is scheduled and has not ended, in the order in which they were scheduled. */
  batch(): readonly RequestState[] {
    return Array.from(this.#running.subarray(0, this.#runningCount), (request) => ({
      request,
      computedTokens: this.#computed[request] as number,
      newTokens: this.#scheduled[request] as number,
      outputTokens: this.#generated[request] as number,
    }));
  }

  /** Requests that have arrived and wait: those that were preempted, and those that were never scheduled. */
  queued(): { readonly preempted: readonly number[]; readonly fresh: readonly number[] } {
    const fresh = Array.from({ length: this.#arrived - this.#nextNew }, (_, i) => this.#nextNew + i);
    return { preempted: [...this.#preempted], fresh };
  }

  /** Arrival of the next request that is not there yet; undefined after the last one. */
  get nextArrivalUs(): number | undefined {
    return this.#requests.arrivalUs[this.#arrived];
  }

  /** Lets in what has arrived by `nowUs` and chooses the next step's tokens; false where there is nothing to do. */
  schedule(nowUs: number): boolean {
    while (this.#arrived < this.#requests.count && (this.#requests.arrivalUs[this.#arrived] as number) <= nowUs) {
      this.#arrived++;
    }
    const work = this.work;
    work.prefillRequests = work.prefillTokens = work.decodeRequests = work.decodeTokens = 0;
    work.contextTokens = work.chunkAttention = work.preemptedRequests = 0;
    let budget = SERVER.maxBatchedTokens;
    for (let i = 0; i < this.#runningCount; i++) budget = this.#continue(i, budget);
    if (work.preemptedRequests === 0) this.#admit(budget);
    return this.#runningCount > 0;
  }

  /** Ends the step that was scheduled: tokens come out, requests that are done leave. Returns how many left. */
  complete(nowUs: number): number {
    const { promptTokens, outputTokens } = this.#requests;
    let kept = 0;
    for (let i = 0; i < this.#runningCount; i++) {
      const r = this.#running[i] as number;
      const computed = (this.#computed[r] as number) + (this.#scheduled[r] as number);
      this.#computed[r] = computed;
      this.#scheduled[r] = 0;
      const generated = this.#generated[r] as number;
      if (computed === (promptTokens[r] as number) + generated) {
        this.#generated[r] = generated + 1;
        if (generated === 0) this.firstTokenUs[r] = nowUs;
        if (generated + 1 === outputTokens[r]) {
          this.finishUs[r] = nowUs;
          this.pool.release(r);
          this.observer?.token(r, generated);
          continue;
        }
        this.observer?.token(r, generated);
      }
      this.#running[kept++] = r;
    }
    const left = this.#runningCount - kept;
    this.#runningCount = kept;
    this.#finished += left;
    return left;
  }

  #continue(index: number, budget: number): number {
    const r = this.#running[index] as number;
    const tokens = Math.min(this.#remaining(r), budget);
    if (tokens === 0) return budget;
    while (!this.pool.hold(r, (this.#computed[r] as number) + tokens)) {
      this.#preemptYoungest();
      // It was the youngest itself: it waits now.
      if (this.#runningCount <= index) return budget;
    }
    this.#count(r, tokens);
    return budget - tokens;
  }

  #admit(startBudget: number): void {
    let budget = startBudget;
    const reserve = this.#runningCount === 0 ? 0 : Math.ceil(this.pool.total * SERVER.watermark);
    while (this.#runningCount < SERVER.maxSequences && budget > 0 && this.waiting > 0) {
      const r = this.#preempted.at(-1) ?? this.#nextNew;
      const tokens = Math.min(this.#remaining(r), budget);
      if (!this.pool.hold(r, (this.#computed[r] as number) + tokens, reserve)) return;
      if (this.#preempted.length > 0) this.#preempted.pop();
      else this.#nextNew++;
      this.#running[this.#runningCount++] = r;
      this.#count(r, tokens);
      this.observer?.scheduled(r);
      budget -= tokens;
    }
  }

  #preemptYoungest(): void {
    const r = this.#running[--this.#runningCount] as number;
    this.pool.release(r);
    this.observer?.preempted(r, this.#computed[r] as number);
    this.#computed[r] = this.#sharedTokens;
    this.#preempted.push(r);
    this.preemptions[r] = (this.preemptions[r] as number) + 1;
    this.work.preemptedRequests++;
  }

  #remaining(r: number): number {
    return (this.#requests.promptTokens[r] as number) + (this.#generated[r] as number) - (this.#computed[r] as number);
  }

  #count(r: number, tokens: number): void {
    const work = this.work;
    const context = (this.#computed[r] as number) + tokens;
    this.#scheduled[r] = tokens;
    if (this.#generated[r] === 0) {
      work.prefillRequests++;
      work.prefillTokens += tokens;
    } else {
      work.decodeRequests++;
      work.decodeTokens += tokens;
    }
    work.contextTokens += context;
    if (tokens > 1) work.chunkAttention += tokens * (context - (tokens - 1) / 2);
  }
}
