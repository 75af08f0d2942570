/** Longest reply that is kept, in characters; a program has a few hundred. */
const LONGEST_REPLY: number = 1 << 20;

/** Collects the parts of a reply up to `LONGEST_REPLY`, so that a server that never stops cannot fill the memory. */
export class BoundedText {
  readonly #parts: string[] = [];
  #length = 0;

  get isFull(): boolean {
    return this.#length >= LONGEST_REPLY;
  }

  add(part: string): void {
    const kept = part.slice(0, LONGEST_REPLY - this.#length);
    if (kept === '') return;
    this.#parts.push(kept);
    this.#length += kept.length;
  }

  toString(): string {
    return this.#parts.join('');
  }
}
