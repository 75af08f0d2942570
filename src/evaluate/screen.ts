import { weightedMedian } from '../numeric/index.ts';
import type { Layout } from './layout.ts';
import type { Fold } from './row-writer.ts';

/** Share-weighted MAPE (a ratio, not percent) of predictions on a fold; `p` indexed by row of the layout. */
export function foldMape(layout: Layout, fold: Fold, p: (row: number) => number): number {
  let sum = 0;
  for (const { rows, share } of fold.parts) {
    const weight = share / (rows[1] - rows[0]);
    for (let row = rows[0]; row < rows[1]; row++) sum += weight * Math.abs(p(row) / (layout.y[row] as number) - 1);
  }
  return sum;
}

/** The MAPE of the constant that has the least: the 1/y-weighted median of y. */
export function constantMape(layout: Layout, fold: Fold): number {
  const y: number[] = [];
  const weights: number[] = [];
  for (const { rows, share } of fold.parts) {
    for (let row = rows[0]; row < rows[1]; row++) {
      y.push(layout.y[row] as number);
      weights.push(share / (rows[1] - rows[0]) / (layout.y[row] as number));
    }
  }
  const constant = weightedMedian(y, weights);
  return foldMape(layout, fold, () => constant);
}
