import { UserError } from '../../../base/index.ts';
import { evaluateColumns } from '../../../program/index.ts';
import type { ColumnMap, MappedColumn } from './column-map.ts';
import { FRACTION_COLUMNS, READ_COLUMNS, READ_NAMES } from '../../steps/column-names.ts';
import type { RawColumns, TableColumns } from '../../steps/raw-columns.ts';

/** Arithmetic may have left a whole number not quite whole. */
const ALMOST = 1e-6;

/** The table's columns that numbers are read from. */
export function numbersOf({ columns }: ColumnMap): ReadonlySet<string> {
  return new Set(columns.flatMap(({ column, names }) => (isStep(column) ? [...names.values()] : [])));
}

/**
 * The columns of step records that a map makes of a table, before its own, which stay where the map says nothing of them.
 *
 * @throws UserError where the map names columns that the table lacks.
 */
export function applyMap(map: ColumnMap, { columns, locate }: TableColumns, file: string): TableColumns {
  const unknown = map.columns.flatMap(({ names }) => [...names.values()].filter((name) => !columns.has(name)));
  if (unknown.length > 0) {
    const words = [...new Set(unknown)].map((name) => `\`${name}\``).join(', ');
    throw new UserError({
      code: 'data.unknown-column',
      place: { file },
      problem: `the map names ${words}, which ${unknown.length > 1 ? 'are' : 'is'} not there (columns: ${[...columns.keys()].join(', ')})`,
      mend: 'Name columns of the table, those with other signs than letters, digits and _ between backticks',
    });
  }
  const rows = [...columns.values()][0]?.length ?? 0;
  const made = map.columns.map((mapped) => [keyOf(mapped), cellsOf(mapped, columns, rows), mapped] as const);
  const replaced = new Set<string>(map.columns.map(({ column }) => column));
  const origin = new Map(made.map(([key, , { names }]) => [key, [...names.values()][0]]));
  return {
    columns: new Map([
      ...made.map(([key, cells]) => [key, cells] as const),
      ...[...columns].filter(([name]) => !origin.has(name) && !replaced.has(name)),
    ]),
    locate: (row, column) => locate(row, origin.get(column) ?? column),
  };
}

function isStep(column: MappedColumn['column']): column is keyof typeof READ_COLUMNS {
  return READ_NAMES.some((name) => name === column);
}

function keyOf({ column }: MappedColumn): string {
  return isStep(column) ? READ_COLUMNS[column] : column;
}

/** Cells of a column; where one that it is made of is no number, that one, so that it is counted for what it is. */
function cellsOf({ column, graph, names, same }: MappedColumn, columns: RawColumns, rows: number): ArrayLike<unknown> {
  if (same !== undefined) return columns.get(same)!;
  const sources = [...names].map(([feature, name]) => [feature, columns.get(name)!] as const);
  const inputs = Object.fromEntries(
    sources.map(([feature, cells]) => [
      feature,
      Float64Array.from(cells, (cell) => (isNumber(cell) ? Number(cell) : 0)),
    ]),
  );
  const values = evaluateColumns(graph, inputs, {}, rows)[0]!;
  const isWhole = !FRACTION_COLUMNS.has(column);
  return Array.from(values, (value, row): unknown => {
    const bad = sources.find(([, cells]) => !isNumber(cells[row]));
    if (bad !== undefined) return bad[1][row];
    return isWhole && Math.abs(value - Math.round(value)) < ALMOST ? Math.round(value) : value;
  });
}

function isNumber(cell: unknown): boolean {
  return typeof cell === 'bigint' || (typeof cell === 'number' && Number.isFinite(cell));
}
