import type { Place } from '../../base/index.ts';
import { READ_COLUMNS, READ_NAMES, type ReadColumn } from './column-names.ts';

/** Columns of one source as they were read, before they are checked; keys are the source's own column names. */
export type RawColumns = ReadonlyMap<string, ArrayLike<unknown>>;

/** Where a cell is in its source: `row` is 0-based. */
export type Locate = (row: number, column: string) => Place;

/** Columns of a table with where its cells are. */
export interface TableColumns {
  readonly columns: RawColumns;
  readonly locate: Locate;
}

/** Cells of some rows of a column, ascending and each once. Packed doubles stay packed, and a part of them that is whole is no copy. */
export function cellsOf(cells: ArrayLike<unknown>, rows: readonly number[]): ArrayLike<unknown> {
  if (rows.length === cells.length) return cells;
  if (!(cells instanceof Float64Array)) return rows.map((row) => cells[row]);
  const first = rows[0] ?? 0;
  if (rows.at(-1) === first + rows.length - 1) return cells.subarray(first, first + rows.length);
  return Float64Array.from(rows, (row) => cells[row]!);
}

/** A column of step records in its source. */
export interface SourceColumn {
  /** Its name there. */
  readonly key: string;
  readonly cells: ArrayLike<unknown>;
}

export type SourceColumns = ReadonlyMap<ReadColumn, SourceColumn>;

/**
 * The columns of step records that a source has, in either spelling. One that is empty throughout was not recorded: tables of
 * several engines have the columns of all of them.
 */
export function recordedColumns(raw: RawColumns): SourceColumns {
  return new Map(
    READ_NAMES.flatMap((name) => {
      const key = [READ_COLUMNS[name], name].find((spelling) => raw.has(spelling));
      if (key === undefined) return [];
      const cells = raw.get(key)!;
      const holdsNothing = cells.length > 0 && Array.prototype.every.call(cells, isNothing);
      return holdsNothing ? [] : [[name, { key, cells }] as const];
    }),
  );
}

/** Whether a cell holds no value: it is empty, null or NaN. */
function isNothing(cell: unknown): boolean {
  return isEmpty(cell) || isNaNCell(cell);
}

export function isEmpty(cell: unknown): boolean {
  return cell === undefined || cell === null || cell === '';
}

export function isNaNCell(cell: unknown): boolean {
  return typeof cell === 'string' ? /^nan$/i.test(cell) : Number.isNaN(cell);
}
