/** The loss in plain loops, which the fused pass in the isolate is compared with. */
import type { RowSetData } from '../../src/evaluate/loss.ts';
import type { Block, LossForm } from '../../src/kernel/index.ts';

/** The loss of predictions, indexed by row of the layout; not finite where a prediction is not. */
export function rowSetCost(data: RowSetData, form: LossForm, p: Float64Array): number {
  const { start, length, inverseY, rowWeights, penaltyResiduals, penaltyWeights } = data;
  const { loss } = form.robust;
  let cost = 0;
  for (let i = 0; i < length; i++) {
    const r = (p[start + i] as number) * (inverseY[i] as number) - 1;
    cost += (rowWeights[i] as number) * loss(r);
    const shortfall = (penaltyResiduals[i] as number) - r;
    if (form.penalty && shortfall > 0) cost += 0.5 * (penaltyWeights[i] as number) * shortfall ** 2;
  }
  for (const block of data.blocks) {
    const bias = blockBias(data, block, p);
    cost += 0.5 * blockWeight(block, bias, form) * bias ** 2;
  }
  return cost;
}

/**
 * The loss, its gradient `jtr` and its Gauss–Newton curvature `jtj` (row-major, both overwritten) by the constants whose
 * derivative columns are given. A derivative that is not finite counts as 0: the loss decides about such a point.
 */
export function rowSetNormalEquations(
  data: RowSetData,
  form: LossForm,
  p: Float64Array,
  derivatives: readonly Float64Array[],
  jtj: Float64Array,
  jtr: Float64Array,
): number {
  const n = derivatives.length;
  const { start, length, inverseY, rowWeights, penaltyResiduals, penaltyWeights } = data;
  const { loss, weight } = form.robust;
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
    const shortfall = (penaltyResiduals[i] as number) - r;
    if (form.penalty && shortfall > 0) {
      const penalty = penaltyWeights[i] as number;
      cost += 0.5 * penalty * shortfall ** 2;
      w += penalty;
      pull -= penalty * shortfall;
    }
    for (let j = 0; j < n; j++) {
      const slope = (derivatives[j] as Float64Array)[start + i] as number;
      g[j] = slope - slope === 0 ? slope * inverse : 0;
    }
    addOuter(jtj, jtr, g, w, pull);
  }
  for (const block of data.blocks) {
    const bias = blockBias(data, block, p);
    const w = blockWeight(block, bias, form);
    cost += 0.5 * w * bias ** 2;
    for (let j = 0; j < n; j++) g[j] = blockSum(data, block, derivatives[j] as Float64Array);
    addOuter(jtj, jtr, g, w, w * bias);
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

/** Of the squared bias of a block; nothing where a bound is kept. */
function blockWeight({ share, bound }: Block, bias: number, { biasWeight, penalty }: LossForm): number {
  if (bound === undefined) return biasWeight * share;
  return penalty && (bound === 'least' ? bias < 0 : bias > 0) ? share : 0;
}

/** Σ w·(p − y) / Σ w·y over a block; of a bound Σ w·p − 1. */
function blockBias(data: RowSetData, block: Block, p: Float64Array): number {
  let bias = block.bound === undefined ? 0 : -1;
  for (let i = block.start; i < block.end; i++) {
    bias +=
      (data.biasWeights[i] as number) *
      ((p[data.start + i] as number) - (block.bound === undefined ? (data.y[i] as number) : 0));
  }
  return bias;
}

/** Σ w·x / Σ w·y over a block, 0 if that is not finite. */
function blockSum(data: RowSetData, block: Block, x: Float64Array): number {
  let sum = 0;
  for (let i = block.start; i < block.end; i++) sum += (data.biasWeights[i] as number) * (x[data.start + i] as number);
  return sum - sum === 0 ? sum : 0;
}
