import { weightedMedian, weightedSpread } from '../numeric/index.ts';
import type { Layout } from './layout.ts';
import type { RowSet } from './row-writer.ts';
import { scaledRmse } from './scaled-errors.ts';

/** Share-weighted MAPE (a ratio, not percent) of predictions on a row set; `p` indexed by row of the layout. */
export function rowSetMape(layout: Layout, rowSet: RowSet, p: (row: number) => number): number {
  let sum = 0;
  for (const { rows, share } of rowSet.parts) {
    const weight = share / (rows[1] - rows[0]);
    for (let row = rows[0]; row < rows[1]; row++) sum += weight * Math.abs(p(row) / (layout.y[row] as number) - 1);
  }
  return sum;
}

/** What a screen compares: the share-weighted error of predictions on a row set, and that of the best constant. */
export function screenErrors(
  layout: Layout,
  rowSet: RowSet,
  p: (row: number) => number,
): { readonly error: number; readonly constant: number } {
  if (layout.scale === undefined) {
    return { error: rowSetMape(layout, rowSet, p), constant: constantMape(layout, rowSet) };
  }
  let [error, constant] = [0, 0];
  for (const { rows, share } of rowSet.parts) {
    const { mean } = weightedSpread(layout.y, layout.rowWeights, rows);
    const predicted = layout.y.map((_, row) => (row >= rows[0] && row < rows[1] ? p(row) : 0));
    error += share * scaledRmse(layout, predicted, rows);
    constant += share * scaledRmse(layout, predicted.fill(mean, ...rows), rows);
  }
  return { error: error / 100, constant: constant / 100 };
}

/** The MAPE of the constant that has the least: the 1/|y|-weighted median of y. */
export function constantMape(layout: Layout, rowSet: RowSet): number {
  const y: number[] = [];
  const weights: number[] = [];
  for (const { rows, share } of rowSet.parts) {
    for (let row = rows[0]; row < rows[1]; row++) {
      y.push(layout.y[row] as number);
      weights.push(share / (rows[1] - rows[0]) / Math.abs(layout.y[row] as number));
    }
  }
  const constant = weightedMedian(y, weights);
  return rowSetMape(layout, rowSet, () => constant);
}
