import { pearson } from '../numeric/index.ts';
import type { Layout } from './layout.ts';

export interface ResidualCorrelation {
  readonly feature: string;
  readonly r: number;
}

/**
 * Pearson correlation of the relative residual (y − p)/y with each feature over all training rows, strongest first (equal
 * ones in the table's order): positive where the program should grow more with the feature.
 *
 * @param p predictions indexed by row of the layout
 */
export function residualCorrelations(layout: Layout, p: ArrayLike<number>): readonly ResidualCorrelation[] {
  const rows = layout.groups.flatMap(
    ({
      train: {
        rows: [start, end],
      },
    }) => Array.from({ length: end - start }, (_, i) => start + i),
  );
  const residuals = Float64Array.from(rows, (row) => 1 - (p[row] as number) / (layout.y[row] as number));
  return layout.features
    .map(({ name }, k) => {
      const column = layout.columns[k] as Float64Array;
      return {
        feature: name,
        r: pearson(
          residuals,
          Float64Array.from(rows, (row) => column[row] as number),
        ),
      };
    })
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
}
