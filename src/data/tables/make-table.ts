import { groupBy } from '../../base/index.ts';
import { createRandom } from '../../numeric/index.ts';
import { splitCounts } from '../split.ts';
import { chooseColumns, type RawTable } from './choose-columns.ts';
import { columnNames } from './column-names.ts';
import type { PlainTable, SplitOrder, TableColumn, TableGroup } from './plain-table.ts';
import { tableError } from './table-error.ts';

/** What a table's columns themselves do not say. Columns go by their headers. */
export interface PlainTableOptions {
  /** Columns to predict from; default: all others that hold numbers. */
  readonly features?: readonly string[] | undefined;
  /** By column, e.g. `m/s`; `1` for a pure number. */
  readonly units?: Readonly<Record<string, string>> | undefined;
  /** A column that says what each row counts, 0 or more. */
  readonly weights?: string | undefined;
  /** A column whose rows of equal cells are one group: they have splits and, in scope `model`, constants of their own. */
  readonly group?: string | undefined;
  /** What the table is of. */
  readonly description?: string | undefined;
  /** How rows come to their splits; default `shuffled`. */
  readonly split?: SplitOrder | undefined;
  /** Of the shuffled order; default 0. */
  readonly seed?: number | undefined;
  /** Shares of rows that train and validate, the rest tests; default 0.6 and 0.2. */
  readonly shares?: { readonly train: number; readonly valid: number } | undefined;
  /** Told in one line of each thing that was left out or renamed. */
  readonly onNote?: ((line: string) => void) | undefined;
}

/** With fewer rows in a group nothing could be told of a formula. */
export const LEAST_ROWS = 10;

/**
 * Makes a table of columns of cells: chooses the columns, leaves out rows with cells that are no finite numbers, orders what is left by
 * group and split.
 *
 * @param place of the table, for errors
 * @throws UserError that names the column where there is none, it holds no numbers, the target does not vary, or rows are too few
 */
export function makePlainTable(raw: RawTable, target: string, options: PlainTableOptions, place: string): PlainTable {
  const { columns, rows, leftOut } = chooseColumns(raw, target, options, place);
  const { features, y, weights, groups } = columns;
  const named = nameColumns([target, ...features.keys()], options);
  const ordered = orderRows(groups, rows, y, options, place);
  const gather = (column: Float64Array): Float64Array => Float64Array.from(ordered.rows, (row) => column[row]!);
  return Object.freeze({
    target: named[0]!,
    features: named.slice(1),
    ...(options.description !== undefined && { description: options.description }),
    order: options.split ?? 'shuffled',
    leftOut,
    groups: ordered.groups,
    columns: [...features.values()].map(gather),
    y: gather(y),
    ...(weights !== undefined && { weights: gather(weights) }),
  });
}

function nameColumns(headers: readonly string[], { units = {}, onNote }: PlainTableOptions): readonly TableColumn[] {
  const names = columnNames(headers);
  return headers.map((header, at) => {
    const name = names[at]!;
    if (name !== header && at > 0) onNote?.(`column \`${header}\` is \`${name}\` in programs`);
    return { name, header, unit: units[header] ?? '' };
  });
}

interface OrderedRows {
  readonly rows: readonly number[];
  readonly groups: readonly TableGroup[];
}

/** Rows by group in order of their first row, in each group by split. */
function orderRows(
  groups: ((row: number) => string) | undefined,
  rows: readonly number[],
  y: Float64Array,
  { split = 'shuffled', seed = 0, shares, group }: PlainTableOptions,
  place: string,
): OrderedRows {
  const ordered: number[] = [];
  const ranges: TableGroup[] = [];
  for (const [id, own] of groupBy(rows, groups ?? (() => 'all'))) {
    if (own.length < LEAST_ROWS) throw tooFew(own.length, group, id, place);
    if (own.every((row) => y[row] === y[own[0]!])) throw allAlike(y[own[0]!]!, group, id, place);
    const inOrder = split === 'temporal' ? own : createRandom(seed).split('split', id).shuffle(own);
    ranges.push({ id, rows: rangesOf(ordered.length, own.length, shares) });
    for (const row of inOrder) ordered.push(row);
  }
  return { rows: ordered, groups: ranges };
}

function rangesOf(start: number, n: number, shares: PlainTableOptions['shares']): TableGroup['rows'] {
  const { train, valid } =
    shares === undefined
      ? splitCounts(n)
      : { train: Math.round(shares.train * n), valid: Math.round(shares.valid * n) };
  const firstTest = Math.min(start + train + valid, start + n);
  return {
    train: [start, start + train],
    valid: [start + train, firstTest],
    test: [firstTest, start + n],
  };
}

function tooFew(rows: number, group: string | undefined, id: string, place: string): Error {
  const of = group === undefined ? '' : ` of group \`${id}\``;
  const mend = group === undefined ? 'Give more rows' : 'Give more rows of it, or take all rows together';
  return tableError('few-rows', place, `${rows} rows${of} are usable, at least ${LEAST_ROWS} are needed`, mend);
}

function allAlike(value: number, group: string | undefined, id: string, place: string): Error {
  const of = group === undefined ? '' : ` of group \`${id}\``;
  return tableError(
    'one-target',
    place,
    `the target is ${value} in every row${of}, so there is nothing to find`,
    'Name another column as the target',
  );
}
