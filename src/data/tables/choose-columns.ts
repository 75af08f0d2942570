import { enumeration, type Place } from '../../base/index.ts';
import { UserError } from '../../base/index.ts';
import type { PlainTableOptions } from './options.ts';
import { tableError } from './table-error.ts';

/** Columns of cells as they were read, by header. */
export interface RawTable {
  readonly columns: ReadonlyMap<string, ArrayLike<unknown>>;
  /** Where a cell stands. */
  readonly locate: (row: number, column: string) => Place;
}

/** The columns of a table that are used, over all of its rows. */
export interface ChosenColumns {
  /** By header. */
  readonly features: ReadonlyMap<string, Float64Array>;
  readonly y: Float64Array;
  readonly weights?: Float64Array;
  /** The group of a row; absent where all are one. */
  readonly groups?: (row: number) => string;
}

/** Of a column that nobody named, so large a share of the cells must be finite numbers. */
const MOSTLY = 0.5;
/** Columns that an error or a note names. */
const NAMED = 12;

/**
 * Chooses the columns of a table, and its rows whose cells in all of them are finite numbers.
 *
 * @returns also how many rows are left out
 */
export function chooseColumns(
  raw: RawTable,
  target: string,
  options: PlainTableOptions,
  place: string,
): { readonly columns: ChosenColumns; readonly rows: readonly number[]; readonly leftOut: number } {
  const { weights: weightsName, group, onNote } = options;
  const numbers = (header: string, role: string): Float64Array => numbersOf(raw, header, role, place);
  for (const header of Object.keys(options.units ?? {})) cellsOf(raw, header, 'unit', place);
  const y = numbers(target, 'target');
  const weights = weightsName === undefined ? undefined : weightsOf(raw, weightsName, numbers(weightsName, 'weights'));
  const groupCells = group === undefined ? undefined : cellsOf(raw, group, 'group', place);
  const taken = new Set([target, weightsName, group]);
  const features =
    options.features === undefined
      ? usableColumns(raw, taken, onNote)
      : new Map(options.features.map((header) => [header, numbers(refuseTaken(header, taken, place), 'features')]));
  if (features.size === 0) {
    const problem = 'no column of numbers is left to predict the target from';
    const mend = 'Give a table with one or more columns of numbers beside the target';
    throw tableError({ code: 'data.table-no-features', problem, mend }, place);
  }
  const used = new Map([
    [target, y],
    ...features,
    ...(weights === undefined ? [] : [[weightsName!, weights] as const]),
  ]);
  const rows = finiteRows(used, y.length, onNote);
  return {
    columns: {
      features,
      y,
      ...(weights !== undefined && { weights }),
      ...(groupCells !== undefined && { groups: (row: number) => labelOf(groupCells[row]) }),
    },
    rows,
    leftOut: y.length - rows.length,
  };
}

/** A cell as a label; empty ones have an empty one. */
function labelOf(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean' ? String(cell) : '';
}

function cellsOf({ columns }: RawTable, header: string, role: string, place: string): ArrayLike<unknown> {
  const cells = columns.get(header);
  if (cells !== undefined) return cells;
  const there = [...columns.keys()];
  const named = there.slice(0, NAMED).map((name) => `\`${name}\``);
  const more = there.length > NAMED ? ` and ${there.length - NAMED} more` : '';
  const isOneCell = there.length === 1 && /[;\t|]/.test(there[0]!);
  const mend = isOneCell ? 'Separate the cells of a line by commas' : 'Name one of these';
  const problem = `no column \`${header}\` in it; it has ${named.join(', ')}${more}`;
  throw tableError(
    { code: 'data.table-no-column', problem, mend, details: { role, ...(isOneCell && { separator: there[0]! }) } },
    place,
  );
}

/** @throws UserError where none of the cells is a finite number */
function numbersOf(raw: RawTable, header: string, role: string, place: string): Float64Array {
  const values = asNumbers(cellsOf(raw, header, role, place));
  if (values.some(Number.isFinite)) return values;
  const problem = `column \`${header}\` holds no numbers`;
  throw tableError(
    { code: 'data.table-text-column', problem, mend: 'Name a column of numbers', details: { role } },
    place,
  );
}

function weightsOf(raw: RawTable, header: string, weights: Float64Array): Float64Array {
  const wrong = weights.findIndex((weight) => weight < 0);
  if (wrong < 0) return weights;
  throw new UserError({
    code: 'data.table-negative-weight',
    place: raw.locate(wrong, header),
    problem: `a row cannot weigh ${weights[wrong]}`,
    mend: 'Give weights of 0 or more',
  });
}

function refuseTaken(header: string, taken: ReadonlySet<string | undefined>, place: string): string {
  if (!taken.has(header)) return header;
  const problem = `column \`${header}\` is the target, the weights or the group, so it cannot be a feature too`;
  throw tableError(
    { code: 'data.table-taken-column', problem, mend: 'Leave it out of the features', details: { role: 'features' } },
    place,
  );
}

/** Columns that nobody named: those of numbers that vary. */
function usableColumns(
  { columns }: RawTable,
  taken: ReadonlySet<string | undefined>,
  onNote: PlainTableOptions['onNote'],
): ReadonlyMap<string, Float64Array> {
  const usable = new Map<string, Float64Array>();
  const leave = (header: string, why: string): void => onNote?.(`column \`${header}\` is left out: ${why}`);
  for (const [header, cells] of columns) {
    if (taken.has(header)) continue;
    const values = asNumbers(cells);
    const finite = values.filter(Number.isFinite);
    if (finite.length <= MOSTLY * values.length) {
      const isEmpty = Array.from(cells).every((cell) => cell === null || cell === undefined || cell === '');
      leave(header, isEmpty ? 'it is empty' : 'most of its cells are no numbers');
    } else if (finite.every((value) => value === finite[0])) leave(header, `it is ${finite[0]} in every row`);
    else usable.set(header, values);
  }
  return usable;
}

function finiteRows(
  used: ReadonlyMap<string, Float64Array>,
  length: number,
  onNote: PlainTableOptions['onNote'],
): readonly number[] {
  const rows: number[] = [];
  const missing = new Map<string, number>();
  for (let row = 0; row < length; row++) {
    let isWhole = true;
    for (const [header, values] of used) {
      if (Number.isFinite(values[row])) continue;
      isWhole = false;
      missing.set(header, (missing.get(header) ?? 0) + 1);
    }
    if (isWhole) rows.push(row);
  }
  if (rows.length < length) {
    const where = [...missing].slice(0, NAMED).map(([header, count]) => `\`${header}\` in ${count}`);
    onNote?.(
      `${length - rows.length} of ${length} rows are left out, where a cell is empty or no finite number: ${enumeration(where)}`,
    );
  }
  return rows;
}

/** NaN for what is no number. */
function asNumbers(cells: ArrayLike<unknown>): Float64Array {
  if (cells instanceof Float64Array) return cells;
  return Float64Array.from({ length: cells.length }, (_, row) => {
    const cell = cells[row];
    if (typeof cell === 'number') return cell;
    if (typeof cell === 'bigint') return Number(cell);
    return typeof cell === 'string' && cell.trim() !== '' ? Number(cell) : Number.NaN;
  });
}
