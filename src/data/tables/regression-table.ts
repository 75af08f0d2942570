import { featuresWith, type FeatureInfo } from '../../program/index.ts';
import { type RowRange, weightedSpread } from '../../numeric/index.ts';
import type { Dataset, SplitName } from '../dataset.ts';
import { SPLITS } from '../split.ts';
import type { RegressionTable, TableExperiment } from '../table.ts';
import type { PlainTable, TableColumn, TableGroup } from './plain-table.ts';
import { makePlainTable } from './make-table.ts';
import type { PlainTableOptions } from './options.ts';

/**
 * A table to search on, of columns in memory: one to predict, the others to predict it from. Rows are shuffled and split 60/20/20
 * unless the options say otherwise. What `createPool` and `search` take; errors of the objectives `mse` and `mape` make sense of it.
 *
 * @param columns of equal length, by name; values that are no finite numbers leave their rows out
 * @param target name of the column to predict
 * @throws UserError where a column is not there or holds no numbers, the target does not vary, or rows are fewer than 10
 * @throws RangeError where columns differ in length
 */
export function tableOf(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  target: string,
  options: PlainTableOptions = {},
): RegressionTable {
  return regressionTable(tableOfColumns(columns, target, options), SPLITS);
}

/** The same as a table of a dataset has it. */
export function tableOfColumns(
  columns: Readonly<Record<string, ArrayLike<number>>>,
  target: string,
  options: PlainTableOptions = {},
): PlainTable {
  const lengths = new Set(Object.values(columns).map(({ length }) => length));
  if (lengths.size > 1) throw new RangeError(`columns of a table have one length, not ${[...lengths].join(' and ')}`);
  const place = 'the table';
  const locate: Parameters<typeof makePlainTable>[0]['locate'] = (row, column) => ({
    at: `column \`${column}\`, row ${row + 1}`,
  });
  return makePlainTable({ columns: new Map(Object.entries(columns)), locate }, target, options, place);
}

/** Rows of some splits of a table, those of others are not in it at all; ranges of features are those of training rows. */
export function regressionTable(
  table: PlainTable,
  splits: readonly SplitName[],
  wanted?: readonly string[],
): RegressionTable {
  const { groups, y, weights, target, description } = table;
  const chosen = table.features.flatMap((feature, at) =>
    wanted?.includes(feature.name) === false ? [] : [{ feature, column: table.columns[at]! }],
  );
  const kept: number[] = [];
  const experiments = groups.map(({ id, rows }): TableExperiment => {
    const ranges = SPLITS.map((split) => {
      const start = kept.length;
      const [from, to] = rows[split];
      if (splits.includes(split)) for (let row = from; row < to; row++) kept.push(row);
      return [split, [start, kept.length]] as const;
    });
    return {
      id,
      model: id,
      workload: id,
      tp: 1,
      modelKey: id,
      weight: 1,
      deviation: targetDeviation(y, weights, rows.train),
      rows: Object.fromEntries(ranges) as unknown as TableExperiment['rows'],
    };
  });
  const gather = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row]!);
  const none = new Float64Array(kept.length);
  return Object.freeze({
    features: featuresWith(
      chosen.map(({ feature, column }) => featureInfo(feature, column, groups)),
      { target: { name: target.header, unit: target.unit, ...(description !== undefined && { description }) } },
    ),
    columns: chosen.map(({ column }) => gather(column)),
    y: gather(y),
    ...(weights !== undefined && { rowWeights: gather(weights) }),
    weights: { e2e: none, ttft: none, itl: none },
    experiments,
  });
}

/** What errors are measured against: the standard deviation of training targets, or their size where they do not vary. */
export function targetDeviation(y: Float64Array, weights: Float64Array | undefined, train: RowRange): number {
  const { mean, variance } = weightedSpread(y, weights, train);
  return variance > 0 ? Math.sqrt(variance) : Math.abs(mean) || 1;
}

function featureInfo(
  { name, header, unit }: TableColumn,
  column: Float64Array,
  groups: readonly TableGroup[],
): FeatureInfo {
  let [low, high, isWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true];
  for (const { rows } of groups) {
    for (let row = rows.train[0]; row < rows.train[1]; row++) {
      const value = column[row]!;
      if (value < low) low = value;
      if (value > high) high = value;
      isWhole &&= Number.isInteger(value);
    }
  }
  return { name, unit, meaning: name === header ? '' : header, range: [low, high], isDiscrete: isWhole };
}

/** A dataset that is a table of plain rows rather than experiments with servers. */
export type PlainDataset = Dataset & { readonly table: PlainTable };

export function isPlainDataset(dataset: Dataset): dataset is PlainDataset {
  return dataset.table !== undefined;
}
