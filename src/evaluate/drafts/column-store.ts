import { OPERATIONS, type OpName } from '../../program/index.ts';

/** Values of an expression over all rows: one number where they are all alike. */
export type Values = number | Column;

/** Values that differ between rows. Columns of one store are the same object where they come from the same operation on the same columns. */
export interface Column {
  readonly id: number;
  readonly values: Float64Array;
}

/** Bytes of columns after which a store forgets those that it made. */
const MOST_BYTES = 2 ** 24;

/**
 * Columns of expressions over a few hundred rows, each computed once. Programs that descend from the same parents share most of their
 * expressions, so a new one costs little more than what is new in it.
 */
export class ColumnStore {
  readonly #rows: number;
  readonly #given: ReadonlyMap<string, Column>;
  readonly #lent = new Map<string, Column>();
  readonly #made = new Map<string, Values>();
  #nextId: number;

  /** @param features a column for each name, all of one length. */
  constructor(rows: number, features: ReadonlyMap<string, Float64Array>) {
    this.#rows = rows;
    this.#given = new Map([...features].map(([name, values], id) => [name, { id, values }]));
    this.#nextId = this.#given.size;
  }

  /** Forgets what was made where that has become much; columns that were handed out stay as they are. */
  tidy(): void {
    if (8 * this.#rows * this.#made.size < MOST_BYTES) return;
    this.#made.clear();
    this.#lent.clear();
  }

  /** The column of a feature; undefined where there is none. */
  feature(name: string): Column | undefined {
    return this.#given.get(name) ?? this.#lent.get(name);
  }

  /** Adds a feature until the store is tidied. */
  lend(name: string, values: Float64Array): void {
    if (this.feature(name) === undefined) this.#lent.set(name, { id: this.#nextId++, values });
  }

  /** A column of numbers that stay the same over many rows: one object for the same numbers. */
  spread(key: string, make: () => Float64Array): Column {
    const known = this.#lent.get(key);
    if (known !== undefined) return known;
    const made = { id: this.#nextId++, values: make() };
    this.#lent.set(key, made);
    return made;
  }

  /** The values of an operation. */
  apply(op: OpName, args: readonly Values[]): Values {
    const columns = args.flatMap((arg, at) => (typeof arg === 'number' ? [] : [{ at, column: arg }]));
    const { evaluate } = OPERATIONS[op];
    const operands = args.map((arg) => (typeof arg === 'number' ? arg : 0));
    if (columns.length === 0) return evaluate(operands);
    let key: string = op;
    for (const arg of args) key += typeof arg === 'number' ? `|${arg}` : `,${arg.id}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const values = new Float64Array(this.#rows);
    const [first, second] = columns as [(typeof columns)[number], (typeof columns)[number] | undefined];
    for (let row = 0; row < values.length; row++) {
      operands[first.at] = first.column.values[row]!;
      if (second !== undefined) operands[second.at] = second.column.values[row]!;
      for (let k = 2; k < columns.length; k++) operands[columns[k]!.at] = columns[k]!.column.values[row]!;
      values[row] = evaluate(operands);
    }
    const made = this.#recognised(
      values,
      columns.map(({ column }) => column),
    );
    this.#made.set(key, made);
    return made;
  }

  /** One number where all are alike, and the argument itself where nothing has changed: what is multiplied by 1 is no new column. */
  #recognised(values: Float64Array, args: readonly Column[]): Values {
    const [first = Number.NaN] = values;
    if (values.every((value) => value === first)) return first;
    const same = args.find((arg) => values.every((value, row) => value === arg.values[row]));
    return same ?? { id: this.#nextId++, values };
  }
}
