import { groupBy } from '../../base/index.ts';
import { createRandom } from '../../numeric/index.ts';
import { splitCounts } from '../split.ts';
import { chooseColumns, type RawTable } from './choose-columns.ts';
import { columnNames } from './column-names.ts';
import type { PlainTable, TableColumn, TableGroup } from './plain-table.ts';
import type { PlainTableOptions } from './options.ts';
import { tableError } from './table-error.ts';

/** With fewer rows in a group nothing could be told of a formula. */
const LEAST_ROWS = 10;

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
  const problem = `${rows} rows${of} are usable, at least ${LEAST_ROWS} are needed`;
  return tableError({ code: 'data.table-few-rows', problem, mend }, place);
}

function allAlike(value: number, group: string | undefined, id: string, place: string): Error {
  const of = group === undefined ? '' : ` of group \`${id}\``;
  const problem = `the target is ${value} in every row${of}, so there is nothing to find`;
  return tableError({ code: 'data.table-one-target', problem, mend: 'Name another column as the target' }, place);
}
