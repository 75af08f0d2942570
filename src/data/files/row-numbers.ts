/** A column that can be written part by part. */
export interface WritableColumn {
  readonly length: number;
  /** The cells from one up to another. */
  subarray(from: number, to: number): Float64Array | Int32Array;
}

/** Of ragged columns: the row that each entry belongs to. Written out, it would be as large as a column of them. */
export class RowNumbers implements WritableColumn {
  readonly #offsets: Float64Array;

  /** @param offsets where the entries of each row begin, and the end of the last. */
  constructor(offsets: Float64Array) {
    this.#offsets = offsets;
  }

  get length(): number {
    return this.#offsets.at(-1) ?? 0;
  }

  subarray(from: number, to: number): Float64Array {
    const rows = new Float64Array(to - from);
    for (let row = this.#rowOf(from); this.#offsets[row]! < to; row++) {
      const start = Math.max(this.#offsets[row]!, from);
      const end = Math.min(this.#offsets[row + 1]!, to);
      rows.fill(row, start - from, end - from);
    }
    return rows;
  }

  /** The last row that begins at an entry or before it. */
  #rowOf(entry: number): number {
    let low = 0;
    let high = this.#offsets.length - 1;
    while (low + 1 < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle]! <= entry) low = middle;
      else high = middle;
    }
    return low;
  }
}

/** A narrow column, widened part by part. */
export class Doubles implements WritableColumn {
  readonly #column: Uint8Array | Uint16Array | Int32Array | Float64Array;

  constructor(column: Uint8Array | Uint16Array | Int32Array | Float64Array) {
    this.#column = column;
  }

  get length(): number {
    return this.#column.length;
  }

  subarray(from: number, to: number): Float64Array {
    return Float64Array.from(this.#column.subarray(from, to));
  }
}
