const PART = 1 << 16;

/** Integers of 32 bits, one after another, as many as come: nothing is moved when it grows, and none is held twice. */
export class IntColumn {
  readonly #parts: Int32Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const at = this.#length++ % PART;
    if (at === 0) this.#parts.push(new Int32Array(PART));
    (this.#parts.at(-1) as Int32Array)[at] = value;
  }

  at(index: number): number {
    return (this.#parts[Math.floor(index / PART)] as Int32Array)[index % PART] as number;
  }

  set(index: number, value: number): void {
    (this.#parts[Math.floor(index / PART)] as Int32Array)[index % PART] = value;
  }

  /**
   * The values as a column in another order, and none are left here.
   *
   * @param places where each value goes; negative for those that are left out.
   */
  moveTo(places: IntColumn, length: number): Float64Array {
    const column = new Float64Array(length);
    for (let i = 0; i < this.#length; i++) {
      const place = places.at(i);
      if (place >= 0) column[place] = this.at(i);
    }
    this.#parts.length = this.#length = 0;
    return column;
  }
}
