import type { RegressionTable, SplitName } from '../../data/index.ts';
import { gatherRequests } from '../../physics/index.ts';

const SPLITS: readonly SplitName[] = ['train', 'valid', 'test'];

/**
 * A table of some rows of another one; experiments that keep no training row are left out. Feature ranges stay those of the
 * whole: they say what can be, not what was seen.
 *
 * @param keeps is asked for each row, by the index of its experiment.
 */
export function selectRows(
  table: RegressionTable,
  keeps: (experiment: number, split: SplitName, row: number) => boolean,
): RegressionTable {
  const kept: number[] = [];
  const experiments = table.experiments.flatMap((experiment, index) => {
    const own = SPLITS.map((split) => {
      const [start, end] = experiment.rows[split];
      const all = Array.from({ length: end - start }, (_, i) => start + i);
      return [split, all.filter((row) => keeps(index, split, row))] as const;
    });
    if (own.find(([split]) => split === 'train')![1].length === 0) return [];
    const ranges = own.map(([split, rows]) => {
      const start = kept.length;
      for (const row of rows) kept.push(row);
      return [split, [start, kept.length]] as const;
    });
    return [{ ...experiment, rows: Object.fromEntries(ranges) as typeof experiment.rows }];
  });
  const gather = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row]!);
  const { e2e, ttft, itl } = table.weights;
  return {
    features: table.features,
    columns: table.columns.map(gather),
    y: gather(table.y),
    weights: { e2e: gather(e2e), ttft: gather(ttft), itl: gather(itl) },
    experiments,
    ...(table.requests && { requests: gatherRequests(table.requests, kept) }),
  };
}
