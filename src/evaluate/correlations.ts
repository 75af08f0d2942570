import { pearson } from '../numeric/index.ts';
import type { Layout } from './layout.ts';
import { scaledError } from './scaled-errors.ts';

export interface ResidualCorrelation {
  readonly feature: string;
  readonly r: number;
}

/**
 * Pearson correlation of the relative residual (y − p)/y, or (y − p)/scale, with each feature over all training rows, strongest first (equal
 * ones in the table's order): positive where the program should grow more with the feature.
 *
 * @param p predictions indexed by row of the layout
 */
export function residualCorrelations(layout: Layout, p: ArrayLike<number>): readonly ResidualCorrelation[] {
  const residuals = gather(layout, (row) => {
    const target = layout.y[row]!;
    // What any sign may be has no share of itself that is left open.
    if (layout.features.target !== undefined) return -scaledError(layout, p[row]!, row);
    return 1 - (p[row] as number) / target;
  });
  return layout.features
    .map(({ name }, k) => {
      const column = layout.columns[k] as Float64Array;
      return {
        feature: name,
        r: pearson(
          residuals,
          gather(layout, (row) => column[row] as number),
        ),
      };
    })
    .sort((a, b) => Math.abs(b.r) - Math.abs(a.r));
}

/** Values on all training rows. */
function gather({ groups }: Layout, value: (row: number) => number): Float64Array {
  const out = new Float64Array(groups.reduce((sum, { train }) => sum + train.rows[1] - train.rows[0], 0));
  let at = 0;
  for (const { train } of groups) for (let row = train.rows[0]; row < train.rows[1]; row++) out[at++] = value(row);
  return out;
}
