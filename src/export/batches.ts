import type { BatchRequest } from '../physics/index.ts';

/** Batches that the parity test compares; one value is stored for each. */
export const PARITY_BATCHES = 10_000;

/**
 * Generated batches for the parity test. The Go test repeats every step of this file in 32-bit integers, so that only the
 * expected values need to be stored; `go/batches-test.ts` must change with it.
 *
 * The generator is mulberry32 (T. Ettinger, public domain): one word of state, no 64-bit product, the same in both languages.
 */
export class BatchSource {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0…n−1; the bias of the remainder is of no concern here. */
  draw(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  /** Empty, prefill only, decode only or mixed; 1–128 requests, a quarter of the batches with at most four. */
  next(): readonly BatchRequest[] {
    const kind = this.draw(20);
    if (kind === 0) return [];
    const size = this.draw(4) === 0 ? 1 + this.draw(4) : 1 + this.draw(128);
    const chunk = Math.floor(2048 / size);
    return Array.from({ length: size }, () => {
      const prefill = kind < 5 || (kind >= 9 && this.draw(4) === 0);
      return prefill ? this.#prefill(chunk) : this.#decode();
    });
  }

  #prefill(chunk: number): BatchRequest {
    const inputLength = 1 + this.draw(4096);
    const progressIndex = this.draw(inputLength);
    const newTokens = 1 + this.draw(Math.min(inputLength - progressIndex, chunk));
    return { inputLength, progressIndex, newTokens, outputLength: this.draw(1024) };
  }

  /** One in sixteen decodes several tokens, as with speculation; one in sixty-four has no output and takes no part. */
  #decode(): BatchRequest {
    const inputLength = 1 + this.draw(4096);
    const length = 1 + this.draw(1024);
    const progressIndex = inputLength + this.draw(length);
    const newTokens = this.draw(16) === 0 ? 1 + this.draw(4) : 1;
    return { inputLength, progressIndex, newTokens, outputLength: this.draw(64) === 0 ? 0 : length };
  }
}
