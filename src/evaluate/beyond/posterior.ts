import { GivenPasses, type LossForm, type NormalSums } from '../../kernel/index.ts';
import { invertSymmetric } from '../../numeric/index.ts';
import type { RowSetData } from '../loss.ts';

/**
 * Laplace approximation of what is known of a group's constants: their covariance σ²·(JᵀWJ)⁻¹ at the fit, with robust weights W, as if
 * rows were independent; 0 where the data cannot tell a constant.
 *
 * @param roots columns of the predictions and their derivatives by all constants, indexed by row of the layout.
 */
export function covarianceOf(data: RowSetData, roots: readonly Float64Array[], { robust }: LossForm): Float64Array {
  const n = roots.length - 1;
  const form: LossForm = { robust, biasWeight: 0, penalty: false };
  const parts: NormalSums[] = [];
  let [squares, count] = [0, 0];
  if (data.length > 0) {
    const passes = new GivenPasses({ ...data, start: 0 }, n);
    for (const [k, column] of passes.columns.entries()) {
      column.set(roots[k]!.subarray(data.start, data.start + data.length));
    }
    parts.push(passes.sums(n, form));
    for (const [i, weight] of data.rowWeights.entries()) {
      const r = roots[0]![data.start + i]! * data.inverseY[i]! - 1;
      squares += weight * robust.weight(r) * r * r;
    }
    count += data.length;
  }
  if (data.observed !== undefined) {
    parts.push(data.observed.sums(roots, n, form));
    squares += data.observed.weightedSquares(roots[0]!, robust);
    count += data.observed.requests;
  }
  const jtj = new Float64Array(n * n);
  for (const part of parts) for (const [at, value] of part.jtj.entries()) jtj[at]! += value;
  const { inverse, rank, identifiable } = invertSymmetric(jtj, n);
  const variance = squares / Math.max(1, count - rank);
  return inverse.map((value, at) =>
    identifiable[Math.floor(at / n)] === true && identifiable[at % n] === true ? variance * value : 0,
  );
}

/** Standard deviation of each prediction that the constants leave open: √(gᵀ·Σ·g) with g its derivatives. */
export function deviationsOf(roots: readonly Float64Array[], covariance: Float64Array): Float64Array {
  const n = roots.length - 1;
  return roots[0]!.map((_, row) => {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) sum += covariance[j * n + k]! * roots[1 + j]![row]! * roots[1 + k]![row]!;
    }
    return Math.sqrt(Math.max(0, sum));
  });
}
