import { groupBy, UserError } from '../base/index.ts';
import { parquetBytes, readParquet } from './files/parquet.ts';
import type { WritableColumn } from './files/row-numbers.ts';
import { cellsOf, type RawColumns } from './steps/raw-columns.ts';

/** Columns of one experiment, by the name that they are stored under. */
export interface ExperimentColumns {
  readonly id: string;
  readonly columns: ReadonlyMap<string, WritableColumn>;
}

/** The bytes of a Parquet file with the rows of several experiments one after another, told apart by a column `experiment`. */
export function experimentTable(names: readonly string[], parts: readonly ExperimentColumns[]): Uint8Array {
  return parquetBytes(
    'experiment',
    names,
    parts.map(({ id, columns }) => ({ text: id, rows: columns.get(names[0]!)?.length ?? 0, columns })),
  );
}

/** Rows of one experiment in a stored table, with the record in the file that each one is. */
export interface StoredRows {
  readonly columns: RawColumns;
  readonly records: readonly number[];
}

/**
 * Reads such a file, by experiment.
 *
 * @throws UserError where it cannot be read or has no column `experiment`.
 */
export async function readExperimentTable(path: string, mend: string): Promise<ReadonlyMap<string, StoredRows>> {
  const table = await readParquet(path);
  const ids = table.get('experiment');
  if (ids === undefined) {
    throw new UserError({
      code: 'data.wrong-dataset',
      place: { file: path },
      problem: 'column `experiment` is missing',
      mend,
    });
  }
  const all = Int32Array.from({ length: ids.length }, (_, row) => row);
  const records = groupBy(all, (row) => String(ids[row]));
  const rowsOf = (rows: readonly number[]): RawColumns =>
    new Map([...table].map(([name, cells]) => [name, cellsOf(cells, rows)]));
  return new Map([...records].map(([id, rows]) => [id, { columns: rowsOf(rows), records: rows }]));
}
