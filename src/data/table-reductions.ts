import { reductionColumn } from '../physics/index.ts';
import {
  type FeatureInfo,
  featuresWith,
  type Graph,
  type Reduction,
  reductionInfo,
  reductionsOf,
} from '../program/index.ts';
import type { RegressionTable } from './table.ts';

/** What a table has of a reduction over requests. */
export interface TableReduction {
  readonly info: FeatureInfo;
  /** Over the rows of the table. */
  readonly column: Float64Array;
}

type Table = Pick<RegressionTable, 'features' | 'columns' | 'experiments' | 'requests'>;

/**
 * The values of a reduction in each row, and its range, which begins and ends as those of features do.
 *
 * @returns undefined where the table cannot compute it.
 */
export function reductionOfTable(table: Table, reduction: Reduction): TableReduction | undefined {
  const { requests, features } = table;
  if (requests === undefined || features.requests === undefined) return undefined;
  const info = reductionInfo(reduction, features.requests);
  if (info === undefined) return undefined;
  const column = reductionColumn(reduction, requests);
  return { info: { ...info, range: rangeOf(table, info, column) }, column };
}

/**
 * The table with a column for each reduction over requests that a graph reads, behind those of the features; the same table where
 * it reads none that the data can compute.
 *
 * @param find where they are kept; by default they are computed.
 */
export function withReductionColumns<T extends Table>(
  table: T,
  graph: Graph,
  find: (reduction: Reduction) => TableReduction | undefined = (reduction) => reductionOfTable(table, reduction),
): T {
  const { features } = table;
  const known = new Set(features.map(({ name }) => name));
  const added = reductionsOf(graph).flatMap((reduction) => (known.has(reduction.name) ? [] : (find(reduction) ?? [])));
  if (added.length === 0) return table;
  return {
    ...table,
    features: featuresWith([...features, ...added.map(({ info }) => info)], features),
    columns: [...table.columns, ...added.map(({ column }) => column)],
  };
}

/** From the smallest possible value to a quarter above the largest of the training rows, and no further than is possible. */
function rangeOf(
  { experiments }: Pick<RegressionTable, 'experiments'>,
  { range: [least, most] }: FeatureInfo,
  column: Float64Array,
): readonly [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { rows } of experiments) {
    for (const value of column.subarray(...rows.train)) {
      if (!Number.isFinite(value)) return [least, most];
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [least, most];
  const start = least >= 0 ? least : Math.max(least, low - (high - low) / 4);
  return [start, Math.min(high + (high - start) / 4, most)];
}
