import { pseudoHuber, type RobustLoss, smoothAbsolute } from '../numeric/index.ts';
import { timeBlocks } from './blocks.ts';
import type { Fold, Layout } from './layout.ts';
import type { ObjectiveName } from './types.ts';

/** What refit minimises over a fold; see `FoldLoss`. */
export interface LossShape {
  /** Applied to the relative residual (p − y)/y. */
  readonly robust: RobustLoss;
  /** Weight of the squared relative bias of sums over blocks of time. */
  readonly biasWeight: number;
}

/**
 * Losses of an objective from coarse to final. The first is easy to descend, the last is meant. `e2e`: pseudo-Huber of scale
 * 10 % with a penalty on the bias in blocks of time, which is what its fitness measures. `mape`: the mean absolute value,
 * rounded off at 1.5 %, approached through larger scales, without a penalty: on a bimodal target its optimum has a bias, and
 * that is right.
 */
export const LOSS_SCHEDULE: { readonly [O in ObjectiveName]: readonly LossShape[] } = {
  e2e: [{ robust: pseudoHuber(0.1), biasWeight: 0.3 }],
  mape: [0.2, 0.05, 0.015].map((delta) => ({ robust: smoothAbsolute(delta), biasWeight: 0 })),
};

/** The loss that an objective's fits are compared by. */
export function finalLoss(objective: ObjectiveName): LossShape {
  return LOSS_SCHEDULE[objective].at(-1) as LossShape;
}

/**
 * Keeps fits from predictions that the gate on positivity would reject: a row predicted below this share of the fold's least
 * target pays ½·weight·(shortfall / least target)², in full however many rows there are. A robust loss alone gives up a few
 * rare rows.
 */
const GUARD = { share: 0.1, weight: 20 } as const;

/** Rows whose sum is compared with the observed one. */
export interface Block {
  /** Offsets into the fold. */
  readonly start: number;
  readonly end: number;
  /** Share of the block in the loss, before the bias weight. */
  readonly share: number;
}

/**
 * The rows of a fold prepared for losses: arrays are indexed by offset into the fold. The loss of predictions p is
 * Σ_e share_e·[mean ρ((p − y)/y) + ½·biasWeight·mean over blocks of (Σ w·(p − y) / Σ w·y)²], plus the guard over all rows.
 * Rows that were not measured have row weight 0 and the fold's least target: only the guard sees them.
 */
export interface FoldData {
  readonly start: number;
  readonly length: number;
  readonly y: Float64Array;
  readonly inverseY: Float64Array;
  /** share / rows of the experiment; sums to 1. */
  readonly rowWeights: Float64Array;
  /** Relative residual below which the guard acts, and the weight of its square. */
  readonly guardResiduals: Float64Array;
  readonly guardWeights: Float64Array;
  /** w / Σ w·y of the row's block; 0 in a block without weight. */
  readonly biasWeights: Float64Array;
  readonly blocks: readonly Block[];
}

export function foldData(layout: Layout, fold: Fold): FoldData {
  const [start, end] = fold.rows;
  const least = layout.y.subarray(start, end).reduce((a, b) => (b < a ? b : a), Number.POSITIVE_INFINITY);
  const y = layout.y.slice(start, end).map((value) => (Number.isNaN(value) ? least : value));
  const rowWeights = new Float64Array(end - start);
  const biasWeights = new Float64Array(end - start);
  const blocks: Block[] = [];
  for (const { rows, share } of fold.parts) {
    rowWeights.fill(share / (rows[1] - rows[0]), rows[0] - start, rows[1] - start);
    const ofPart = timeBlocks(rows);
    for (const [from, to] of ofPart) {
      let observed = 0;
      for (let row = from; row < to; row++) observed += (layout.weights.e2e[row] as number) * (layout.y[row] as number);
      if (!(observed > 0)) continue;
      for (let row = from; row < to; row++) biasWeights[row - start] = (layout.weights.e2e[row] as number) / observed;
      blocks.push({ start: from - start, end: to - start, share: share / ofPart.length });
    }
  }
  return {
    start,
    length: end - start,
    y,
    inverseY: y.map((value) => 1 / value),
    rowWeights,
    guardResiduals: y.map((value) => (GUARD.share * least) / value - 1),
    guardWeights: y.map((value) => GUARD.weight * (value / least) ** 2),
    biasWeights,
    blocks,
  };
}

/** The loss of predictions, indexed by row of the layout; not finite where a prediction is not. */
export function foldCost(data: FoldData, shape: LossShape, p: Float64Array): number {
  const { start, length, inverseY, rowWeights, guardResiduals, guardWeights } = data;
  const { loss } = shape.robust;
  let cost = 0;
  for (let i = 0; i < length; i++) {
    const r = (p[start + i] as number) * (inverseY[i] as number) - 1;
    cost += (rowWeights[i] as number) * loss(r);
    const shortfall = (guardResiduals[i] as number) - r;
    if (shortfall > 0) cost += 0.5 * (guardWeights[i] as number) * shortfall ** 2;
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
    if (shortfall > 0) {
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
export function addOuter(jtj: Float64Array, jtr: Float64Array, g: Float64Array, w: number, v: number): void {
  const n = g.length;
  for (let j = 0; j < n; j++) {
    const gj = g[j] as number;
    jtr[j] = (jtr[j] as number) + v * gj;
    const wj = w * gj;
    for (let k = 0; k <= j; k++) jtj[j * n + k] = (jtj[j * n + k] as number) + wj * (g[k] as number);
  }
}

/** Copies the lower triangle to the upper one. */
export function mirror(matrix: Float64Array, n: number): void {
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
