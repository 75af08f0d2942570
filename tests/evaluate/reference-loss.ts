/** The loss in plain loops, which the fused pass in the isolate is compared with. */
import type { FoldData } from '../../src/evaluate/loss.ts';
import type { Block, LossShape } from '../../src/kernel/index.ts';

/** The loss of predictions, indexed by row of the layout; not finite where a prediction is not. */
export function foldCost(data: FoldData, shape: LossShape, p: Float64Array): number {
  const { start, length, inverseY, rowWeights, guardResiduals, guardWeights } = data;
  const { loss } = shape.robust;
  let cost = 0;
  for (let i = 0; i < length; i++) {
    const r = (p[start + i] as number) * (inverseY[i] as number) - 1;
    cost += (rowWeights[i] as number) * loss(r);
    const shortfall = (guardResiduals[i] as number) - r;
    if (shape.guard && shortfall > 0) cost += 0.5 * (guardWeights[i] as number) * shortfall ** 2;
  }
  if (shape.biasWeight > 0) {
    for (const block of data.blocks) cost += 0.5 * shape.biasWeight * block.share * blockBias(data, block, p) ** 2;
  }
  return cost;
}

/**
 * The loss, its gradient `jtr` and its Gauss–Newton curvature `jtj` (row-major, both overwritten) by the constants whose
 * derivative columns are given. A derivative that is not finite counts as 0: the loss decides about such a point.
 */
export function foldNormalEquations(
  data: FoldData,
  shape: LossShape,
  p: Float64Array,
  derivatives: readonly Float64Array[],
  jtj: Float64Array,
  jtr: Float64Array,
): number {
  const n = derivatives.length;
  const { start, length, inverseY, rowWeights, guardResiduals, guardWeights } = data;
  const { loss, weight } = shape.robust;
  const g = new Float64Array(n);
  jtj.fill(0);
  jtr.fill(0);
  let cost = 0;
  for (let i = 0; i < length; i++) {
    const inverse = inverseY[i] as number;
    const rowWeight = rowWeights[i] as number;
    const r = (p[start + i] as number) * inverse - 1;
    cost += rowWeight * loss(r);
    let w = rowWeight * weight(r);
    let pull = w * r;
    const shortfall = (guardResiduals[i] as number) - r;
    if (shape.guard && shortfall > 0) {
      const guard = guardWeights[i] as number;
      cost += 0.5 * guard * shortfall ** 2;
      w += guard;
      pull -= guard * shortfall;
    }
    for (let j = 0; j < n; j++) {
      const slope = (derivatives[j] as Float64Array)[start + i] as number;
      g[j] = slope - slope === 0 ? slope * inverse : 0;
    }
    addOuter(jtj, jtr, g, w, pull);
  }
  if (shape.biasWeight > 0) {
    for (const block of data.blocks) {
      const bias = blockBias(data, block, p);
      const w = shape.biasWeight * block.share;
      cost += 0.5 * w * bias ** 2;
      for (let j = 0; j < n; j++) g[j] = blockSum(data, block, derivatives[j] as Float64Array);
      addOuter(jtj, jtr, g, w, w * bias);
    }
  }
  mirror(jtj, n);
  return cost;
}

/** Adds w·g·gᵀ to the lower triangle of `jtj` and v·g to `jtr`. */
function addOuter(jtj: Float64Array, jtr: Float64Array, g: Float64Array, w: number, v: number): void {
  const n = g.length;
  for (let j = 0; j < n; j++) {
    const gj = g[j] as number;
    jtr[j] = (jtr[j] as number) + v * gj;
    const wj = w * gj;
    for (let k = 0; k <= j; k++) jtj[j * n + k] = (jtj[j * n + k] as number) + wj * (g[k] as number);
  }
}

/** Copies the lower triangle to the upper one. */
function mirror(matrix: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) for (let k = 0; k < j; k++) matrix[k * n + j] = matrix[j * n + k] as number;
}

/** Σ w·(p − y) / Σ w·y over a block. */
function blockBias(data: FoldData, block: Block, p: Float64Array): number {
  let bias = 0;
  for (let i = block.start; i < block.end; i++) {
    bias += (data.biasWeights[i] as number) * ((p[data.start + i] as number) - (data.y[i] as number));
  }
  return bias;
}

/** Σ w·x / Σ w·y over a block, 0 if that is not finite. */
function blockSum(data: FoldData, block: Block, x: Float64Array): number {
  let sum = 0;
  for (let i = block.start; i < block.end; i++) sum += (data.biasWeights[i] as number) * (x[data.start + i] as number);
  return sum - sum === 0 ? sum : 0;
}
