import { FreeQueue } from './free-queue.ts';
import type { Prefixes } from './requests.ts';

/**
 * The paged KV cache of one rank: counts blocks, never more than there are. Requests with a common beginning share its blocks,
 * which are held as long as one of them holds any.
 *
 * Source: Kwon et al., "Efficient memory management for large language model serving with PagedAttention", SOSP 2023.
 */
export class BlockPool {
  readonly total: number;
  readonly #blockSize: number;
  readonly #own: Int32Array;
  /** Tokens that the blocks of each request have room for, shared ones among them; −1 where it holds none. */
  readonly #room: Float64Array;
  /** Blocks of each beginning. */
  readonly #shared: Int32Array;
  readonly #prefixes: Prefixes | undefined;
  readonly #sharers: Int32Array;
  readonly #free: FreeQueue;
  #used = 0;

  constructor(total: number, blockSize: number, requests: number, prefixes?: Prefixes) {
    this.total = total;
    this.#blockSize = blockSize;
    this.#own = new Int32Array(requests).fill(-1);
    this.#room = new Float64Array(requests).fill(-1);
    this.#prefixes = prefixes;
    this.#shared = Int32Array.from(prefixes?.tokens ?? [], (tokens) => Math.floor(tokens / blockSize));
    this.#sharers = new Int32Array(prefixes?.tokens.length ?? 0);
    this.#free = new FreeQueue(total);
  }

  get used(): number {
    return this.#used;
  }

  /** Blocks that the request shares with others of its beginning. */
  sharedBlocks(request: number): number {
    return this.#prefixes === undefined ? 0 : this.#shared[this.#prefixes.of[request]!]!;
  }

  /** How many more blocks the first `tokens` tokens of a request take than it holds. */
  missing(request: number, tokens: number): number {
    const held = this.#own[request]!;
    const own = this.#ownBlocks(request, tokens);
    const shared = this.sharedBlocks(request);
    const opens = held < 0 && shared > 0 && this.#sharers[this.#prefixes!.of[request]!] === 0;
    return Math.max(0, own - Math.max(held, 0)) + (opens ? shared : 0);
  }

  /**
   * Makes room for the first `tokens` tokens; false, with nothing changed, where fewer than `reserve` blocks would be left.
   *
   * @param found blocks that a request which holds none takes up again, see `left`.
   */
  hold(request: number, tokens: number, reserve = 0, found = 0): boolean {
    // The common case by far: a decode within the last block.
    if (tokens <= this.#room[request]!) return true;
    const held = this.#own[request]!;
    const own = this.#ownBlocks(request, tokens);
    const missing = this.missing(request, tokens);
    if (this.#used + missing + (missing > 0 ? reserve : 0) > this.total) return false;
    if (held < 0 && this.#prefixes !== undefined) this.#sharers[this.#prefixes.of[request]!]!++;
    this.#own[request] = own;
    this.#room[request] = (own + this.sharedBlocks(request)) * this.#blockSize;
    if (found > 0) this.#free.reclaim(request, found);
    this.#free.take(missing - found);
    this.#used += missing;
    return true;
  }

  /** Blocks from the beginning of a preempted request that nobody has taken since. */
  left(request: number): number {
    return this.#free.left(request);
  }

  /**
   * Gives back what a request holds.
   *
   * @param computed tokens in whole blocks of which a request that is to come again may find again; 0 where it is done.
   */
  release(request: number, computed = 0): void {
    const held = this.#own[request]!;
    if (held < 0) return;
    this.#own[request] = -1;
    this.#room[request] = -1;
    const whole = Math.max(0, Math.min(held, Math.floor(computed / this.#blockSize) - this.sharedBlocks(request)));
    this.#giveBack(-1, held - whole);
    this.#giveBack(request, whole);
    if (this.#prefixes === undefined) return;
    const prefix = this.#prefixes.of[request]!;
    if (--this.#sharers[prefix]! === 0) this.#giveBack(-1, this.sharedBlocks(request));
  }

  #giveBack(owner: number, blocks: number): void {
    this.#used -= blocks;
    this.#free.push(owner, blocks);
  }

  /** Blocks that the first `tokens` tokens of a request take beside shared ones. */
  #ownBlocks(request: number, tokens: number): number {
    return Math.max(0, Math.ceil(tokens / this.#blockSize) - this.sharedBlocks(request));
  }
}
