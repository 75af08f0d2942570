import { UserError } from '../base/index.ts';
import { parquetBytes, readParquet } from './parquet.ts';
import type { RawColumns } from './steps.ts';

/** Columns of one experiment, by the name that they are stored under. */
export interface ExperimentColumns {
  readonly id: string;
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** The bytes of a Parquet file with the rows of several experiments one after another, told apart by a column `experiment`. */
export function experimentTable(names: readonly string[], parts: readonly ExperimentColumns[]): Uint8Array {
  const lengthOf = ({ columns }: ExperimentColumns): number => columns.get(names[0]!)?.length ?? 0;
  const length = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  const data = names.map((name) => {
    const column = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      const own = part.columns.get(name);
      if (own === undefined) column.fill(Number.NaN, at, at + lengthOf(part));
      else column.set(own, at);
      at += lengthOf(part);
    }
    return { name, data: column };
  });
  const ids = parts.flatMap((part) => Array.from({ length: lengthOf(part) }, () => part.id));
  return parquetBytes([{ name: 'experiment', data: ids }, ...data]);
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
    new Map([...table].map(([name, cells]) => [name, rows.map((row) => cells[row])]));
  return new Map([...records].map(([id, rows]) => [id, { columns: rowsOf(rows), records: rows }]));
}
