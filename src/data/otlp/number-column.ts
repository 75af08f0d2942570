const PART = 1 << 12;

/** Numbers, one after another, as many as come: nothing is moved when it grows. Integers that no double holds stay whole. */
export class NumberColumn {
  #parts: Float64Array[] = [];
  #length = 0;
  /** By their places. */
  readonly #long: Map<number, bigint> = new Map();

  push(value: number | bigint): void {
    const at = this.#length++;
    if (at % PART === 0) this.#parts.push(new Float64Array(PART));
    this.#parts.at(-1)![at % PART] = Number(value);
    if (typeof value === 'bigint') this.#long.set(at, value);
  }

  at(index: number): number {
    return this.#parts[Math.floor(index / PART)]?.[index % PART] ?? Number.NaN;
  }

  /** All of them. */
  cells(): Float64Array | readonly (number | bigint)[] {
    const cells = new Float64Array(this.#length);
    for (const [at, part] of this.#parts.entries()) {
      cells.set(part.subarray(0, this.#length - at * PART), at * PART);
    }
    if (this.#long.size === 0) return cells;
    return Array.from(cells, (value, at) => this.#long.get(at) ?? value);
  }
}
