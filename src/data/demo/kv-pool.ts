import { SERVER } from './server-settings.ts';

/**
 * The paged KV cache: counts blocks, never more than there are. Requests of a group share the blocks of their system
 * prompt, which are held as long as one of them runs.
 */
export class KvPool {
  readonly total: number;
  readonly #own: Int32Array;
  readonly #group: Int32Array;
  readonly #groupUsers: Int32Array;
  readonly #sharedBlocks: number;
  #used = 0;

  /** `group` names the group of each request; `sharedTokens` is a multiple of the block size. */
  constructor(total: number, group: Int32Array, groups: number, sharedTokens: number) {
    this.total = total;
    this.#group = group;
    this.#own = new Int32Array(group.length).fill(-1);
    this.#groupUsers = new Int32Array(groups);
    this.#sharedBlocks = sharedTokens / SERVER.blockTokens;
  }

  get used(): number {
    return this.#used;
  }

  /**
   * Makes room for the first `tokens` tokens of a request; false, with nothing changed, where fewer than `reserve` blocks
   * would be left free.
   */
  hold(request: number, tokens: number, reserve = 0): boolean {
    const held = this.#own[request] as number;
    const own = Math.max(0, Math.ceil(tokens / SERVER.blockTokens) - this.#sharedBlocks);
    if (own === held) return true;
    const group = this.#group[request] as number;
    const joins = held < 0;
    const opens = joins && this.#groupUsers[group] === 0;
    const more = own - Math.max(held, 0) + (opens ? this.#sharedBlocks : 0);
    if (this.#used + more + reserve > this.total) return false;
    if (joins) this.#groupUsers[group] = (this.#groupUsers[group] as number) + 1;
    this.#own[request] = own;
    this.#used += more;
    return true;
  }

  /** Gives back what a request holds. */
  release(request: number): void {
    const held = this.#own[request] as number;
    if (held < 0) return;
    const group = this.#group[request] as number;
    const users = (this.#groupUsers[group] as number) - 1;
    this.#groupUsers[group] = users;
    this.#used -= held + (users === 0 ? this.#sharedBlocks : 0);
    this.#own[request] = -1;
  }
}
