/** Rows from the first up to, and without, the end. */
export type RowRange = readonly [start: number, end: number];

/** Columns of several parts one after another. */
export function concatColumns(columns: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(columns.reduce((sum, column) => sum + column.length, 0));
  let at = 0;
  for (const column of columns) {
    all.set(column, at);
    at += column.length;
  }
  return all;
}
