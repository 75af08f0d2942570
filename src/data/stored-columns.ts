import type { StoredRows } from './experiment-tables.ts';

/** Of ragged columns: the row of the table above that an entry belongs to. */
export const ROW = 'row';

/** Where the entries of each row begin, and the end of the last, from the rows that entries belong to. */
export function offsetsOf(rows: Float64Array, length: number): Float64Array {
  const offsets = new Float64Array(length + 1);
  for (const row of rows) offsets[row + 1]!++;
  for (let row = 0; row < length; row++) offsets[row + 1]! += offsets[row]!;
  return offsets;
}

export function integers(stored: StoredRows | undefined, name: string, length: number): Int32Array {
  const cells = stored?.columns.get(name) ?? [];
  return Int32Array.from({ length }, (_, row) => Number(cells[row]));
}

/** Cells as numbers; the hash of the dataset tells whether they are the ones that were stored. */
export function numbers(stored: StoredRows | undefined, name: string, length: number): Float64Array {
  const cells = stored?.columns.get(name) ?? [];
  return Float64Array.from({ length }, (_, row) => Number(cells[row] ?? Number.NaN));
}
