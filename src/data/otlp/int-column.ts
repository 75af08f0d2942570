const PART = 1 << 16;

type Ints = Uint8Array | Uint16Array | Int32Array;

/**
 * Integers of 32 bits, one after another, as many as come: nothing is moved when it grows, and each part takes the fewest bytes
 * that hold its values. Of a trace's millions most are small.
 */
export class IntColumn {
  #parts: Ints[] = [];
  readonly #last: Int32Array = new Int32Array(PART);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const at = this.#length++ % PART;
    this.#last[at] = value;
    if (at === PART - 1) this.#parts.push(packed(this.#last));
  }

  at(index: number): number {
    const part = this.#parts[index >>> 16] ?? this.#last;
    return part[index & (PART - 1)] as number;
  }

  /** Lets go of all values. */
  clear(): void {
    this.#parts = [];
    this.#length = 0;
  }
}

function packed(values: Int32Array): Ints {
  let least = 0;
  let most = 0;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least < 0 || most >= 1 << 16) return values.slice();
  return most < 1 << 8 ? Uint8Array.from(values) : Uint16Array.from(values);
}
