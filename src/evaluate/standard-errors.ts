import { invertSymmetric } from '../numeric/index.ts';
import type { RowSetFitter } from './row-set-fitter.ts';

/**
 * Standard errors in the order of the model's names: √diag(σ²·(JᵀWJ)⁻¹) with the robust weights W and the weighted residual
 * variance σ², as if rows were independent (steps are not: neighbours share their noise, so the true errors are larger).
 * Null where the data cannot identify the constant, which includes thresholds: their derivative is 0.
 */
export function standardErrors(fitter: RowSetFitter, constants: Float64Array): readonly (number | null)[] {
  const n = constants.length;
  const { matrix, meanSquare, rows } = fitter.curvature(constants);
  const { inverse, rank, identifiable } = invertSymmetric(matrix, n);
  const degreesOfFreedom = Math.max(1, rows - rank);
  return Array.from(constants, (_, i) => {
    const error = Math.sqrt((meanSquare / degreesOfFreedom) * (inverse[i * n + i] as number));
    return identifiable[i] === true && Number.isFinite(error) ? error : null;
  });
}
