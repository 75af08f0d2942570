import { UserError } from '../base/index.ts';
import { parquetBytes, readParquet } from './parquet.ts';
import type { WritableColumn } from './row-numbers.ts';
import type { RawColumns } from './steps.ts';

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
  const records = new Map<string, number[]>();
  for (let row = 0; row < ids.length; row++) {
    const id = String(ids[row]);
    const own = records.get(id);
    if (own) own.push(row);
    else records.set(id, [row]);
  }
  const rowsOf = (rows: readonly number[]): RawColumns =>
    new Map([...table].map(([name, cells]) => [name, someOf(cells, rows)]));
  return new Map([...records].map(([id, rows]) => [id, { columns: rowsOf(rows), records: rows }]));
}

function someOf(cells: ArrayLike<unknown>, rows: readonly number[]): ArrayLike<unknown> {
  const first = rows[0] ?? 0;
  if (!(cells instanceof Float64Array)) return rows.map((row) => cells[row]);
  // The rows of an experiment stand together, unless somebody changed the file.
  if (rows.at(-1) === first + rows.length - 1) return cells.subarray(first, first + rows.length);
  return Float64Array.from(rows, (row) => cells[row]!);
}
