/**
 * The requests of one step, as a step-time model sees them. One object is filled anew for each step; entries from `count` on are
 * left over from others.
 */
export interface Batch {
  readonly count: number;
  /** Row of each request among those to serve. */
  readonly request: Int32Array;
  /** Tokens in the KV cache before the step. */
  readonly computedTokens: Float64Array;
  /** Tokens that the step computes. */
  readonly newTokens: Float64Array;
  readonly promptTokens: Float64Array;
  /** Tokens generated before the step; a request without one prefills. */
  readonly outputTokens: Float64Array;
  /** KV blocks in use by all requests, those that the step writes to among them. */
  readonly usedBlocks: number;
}

/** How long a step takes, µs; more than 0. Only the batch may decide it, unless each step is timed by itself, once. */
export type StepTime = (batch: Batch) => number;

/** A batch while it is made. */
export class BatchBuilder implements Batch {
  count = 0;
  usedBlocks = 0;
  readonly request: Int32Array;
  readonly computedTokens: Float64Array;
  readonly newTokens: Float64Array;
  readonly promptTokens: Float64Array;
  readonly outputTokens: Float64Array;

  constructor(capacity: number) {
    this.request = new Int32Array(capacity);
    this.computedTokens = new Float64Array(capacity);
    this.newTokens = new Float64Array(capacity);
    this.promptTokens = new Float64Array(capacity);
    this.outputTokens = new Float64Array(capacity);
  }

  add(request: number, computed: number, tokens: number, prompt: number, output: number): void {
    const at = this.count++;
    this.request[at] = request;
    this.computedTokens[at] = computed;
    this.newTokens[at] = tokens;
    this.promptTokens[at] = prompt;
    this.outputTokens[at] = output;
  }

  /** Moves the context of every request, to that of a later step. */
  shiftContext(tokens: number): void {
    for (let at = 0; at < this.count; at++) this.computedTokens[at]! += tokens;
  }

  clear(): void {
    this.count = 0;
  }
}

/** Sums over the requests of a batch, as step records have them. */
export interface BatchSums {
  readonly prefillRequests: number;
  readonly prefillTokens: number;
  readonly decodeRequests: number;
  readonly decodeTokens: number;
  /** In the KV cache before the step. */
  readonly contextTokens: number;
}

export function batchSums({ count, computedTokens, newTokens, outputTokens }: Batch): BatchSums {
  let prefillRequests = 0;
  let prefillTokens = 0;
  let decodeTokens = 0;
  let contextTokens = 0;
  for (let at = 0; at < count; at++) {
    contextTokens += computedTokens[at]!;
    if (outputTokens[at] === 0) {
      prefillRequests++;
      prefillTokens += newTokens[at]!;
    } else decodeTokens += newTokens[at]!;
  }
  return { prefillRequests, prefillTokens, decodeRequests: count - prefillRequests, decodeTokens, contextTokens };
}
