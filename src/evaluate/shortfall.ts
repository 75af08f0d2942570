import type { NormalSums } from '../kernel/index.ts';
import type { RowRange } from '../numeric/index.ts';

/**
 * The shortfall penalty keeps fits from predictions that the gate on positivity would reject: a row predicted below this share
 * of the row set's least target pays ½·weight·(shortfall / least target)², in full however many rows there are. A robust loss
 * alone gives up a few rare rows.
 */
export const PENALTY = { share: 0.1, weight: 20 } as const;

/**
 * The penalty of rows that have no target of their own. Its curvature is added to `jtj`, its gradient to `jtr`.
 *
 * @param roots columns of the predictions and their derivatives
 */
export function addShortfall(
  roots: readonly Float64Array[],
  [start, end]: RowRange,
  least: number,
  { jtj, jtr }: Pick<NormalSums, 'jtj' | 'jtr'>,
): number {
  const p = roots[0]!;
  const n = jtr.length;
  const floor = PENALTY.share * least;
  const weight = PENALTY.weight / least ** 2;
  let cost = 0;
  for (let row = start; row < end; row++) {
    if (!(p[row]! < floor)) continue;
    const missing = floor - p[row]!;
    cost += 0.5 * weight * missing ** 2;
    for (let j = 0; j < n; j++) {
      const slope = finite(roots[1 + j]![row]!);
      jtr[j]! -= weight * missing * slope;
      for (let k = 0; k < n; k++) jtj[j * n + k]! += weight * slope * finite(roots[1 + k]![row]!);
    }
  }
  return cost;
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
