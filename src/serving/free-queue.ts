/** Free blocks in a row that were given back together. */
interface Segment {
  /** Request whose beginning they hold; −1 where nobody will ask for it again. */
  readonly owner: number;
  blocks: number;
}

/**
 * Free KV blocks in the order in which they are taken for other tokens: those that were given back first go first, and of one
 * request the end before the beginning. Until it is taken, a block keeps what was computed, so a preempted request that is let in
 * again finds the beginning of its own tokens.
 *
 * Source: vllm-project/vllm, `vllm/v1/core/block_pool.py`, `FreeKVCacheBlockQueue`.
 */
export class FreeQueue {
  /** First to go first; `#head` is the front, so that taking one costs nothing. */
  #segments: Segment[] = [];
  #head = 0;
  readonly #owned: (Segment | undefined)[] = [];

  constructor(blocks: number) {
    this.push(-1, blocks);
  }

  /** Gives back blocks. */
  push(owner: number, blocks: number): void {
    if (blocks === 0) return;
    const last = this.#segments.at(-1);
    if (owner < 0 && last?.owner === -1) {
      last.blocks += blocks;
      return;
    }
    const segment = { owner, blocks };
    this.#segments.push(segment);
    if (owner >= 0) this.#owned[owner] = segment;
  }

  /** Takes the blocks that are the first to go; there must be as many. */
  take(blocks: number): void {
    for (let left = blocks; left > 0; ) {
      const front = this.#segments[this.#head]!;
      const taken = Math.min(left, front.blocks);
      front.blocks -= taken;
      left -= taken;
      // The last one stays, to be added to.
      if (front.blocks > 0 || this.#head === this.#segments.length - 1) continue;
      this.#head++;
    }
    if (this.#head > 1024) {
      this.#segments = this.#segments.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Blocks of the beginning of a request that are still there. */
  left(owner: number): number {
    return this.#owned[owner]?.blocks ?? 0;
  }

  /** Takes blocks of the beginning of a request out of the queue; what is left of it nobody will ask for again. */
  reclaim(owner: number, blocks: number): void {
    const segment = this.#owned[owner]!;
    segment.blocks -= blocks;
    this.#owned[owner] = undefined;
  }
}
