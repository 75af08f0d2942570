import { solveSymmetric } from '../numeric/index.ts';
import { addOuter, type FoldData, type LossShape, mirror } from './loss.ts';

export interface LinearFit {
  readonly coefficients: Float64Array;
  /** The loss by the last shape of the schedule; infinite where the columns are not finite. */
  readonly cost: number;
}

/** How long iteratively reweighted least squares goes on. */
export interface Effort {
  /** Iterations with each shape of the schedule but the last. */
  readonly warm: number;
  /** At most this many with the last one. */
  readonly final: number;
  /** Stop when the loss falls by less than this share. */
  readonly tolerance: number;
}

export const ROUGH: Effort = { warm: 2, final: 5, tolerance: 1e-3 };
export const THOROUGH: Effort = { warm: 4, final: 60, tolerance: 1e-7 };

/**
 * Fits p = offset + Σ βⱼ·columnⱼ by the losses of a schedule: iteratively reweighted least squares in relative residuals,
 * the bias penalty and the guard as additional equations, until an iteration does not lower the loss. Columns
 * that the others determine get the coefficients of least norm.
 *
 * @param offset, columns indexed by row of the layout
 * Source: Holland and Welsch, "Robust regression using iteratively reweighted least-squares", 1977.
 */
export function fitLinear(
  data: FoldData,
  schedule: readonly LossShape[],
  offset: Float64Array,
  columns: readonly Float64Array[],
  effort: Effort,
): LinearFit {
  const system = relativeSystem(data, offset, columns);
  const n = columns.length;
  let coefficients = new Float64Array(n);
  if (system === undefined) return { coefficients, cost: Number.POSITIVE_INFINITY };
  const matrix = new Float64Array(n * n);
  const rhs = new Float64Array(n);
  const last = schedule.length - 1;
  // Without residuals yet, all rows weigh the same.
  const weights: RowWeights = {
    weight: data.rowWeights.slice(),
    pull: data.rowWeights.map((w, i) => w * (system.t[i] as number)),
  };
  let cost = Number.POSITIVE_INFINITY;
  for (const [stage, shape] of schedule.entries()) {
    cost = Number.POSITIVE_INFINITY;
    const iterations = stage === last ? effort.final : effort.warm;
    for (let iteration = 0; iteration < iterations; iteration++) {
      normalSystem(system, data, shape, weights, matrix, rhs);
      const next = Float64Array.from(solveSymmetric(matrix, rhs, n).x);
      const nextCost = evaluateSystem(system, data, shape, next, weights);
      // The guard is no majoriser: where rows come under it or leave it, a step can lead up.
      if (!(nextCost < cost)) break;
      const gain = cost - nextCost;
      coefficients = next;
      cost = nextCost;
      if (gain <= effort.tolerance * cost) break;
    }
    const following = schedule[stage + 1];
    if (following !== undefined) evaluateSystem(system, data, following, coefficients, weights);
  }
  return { coefficients, cost: Number.isFinite(cost) ? cost : Number.POSITIVE_INFINITY };
}

/** r = A·β − t in relative residuals, and b = B·β + b₀ for the bias of each block. */
interface RelativeSystem {
  /** Row-major, rows of the fold × columns. */
  readonly a: Float64Array;
  readonly t: Float64Array;
  /** Row-major, blocks × columns. */
  readonly blockSlopes: Float64Array;
  readonly blockOffsets: Float64Array;
}

/** Of each row in the normal equations: its weight, and its weight times its target. */
interface RowWeights {
  readonly weight: Float64Array;
  readonly pull: Float64Array;
}

function relativeSystem(
  data: FoldData,
  offset: Float64Array,
  columns: readonly Float64Array[],
): RelativeSystem | undefined {
  const n = columns.length;
  const { start, length, y, inverseY, biasWeights, blocks } = data;
  const a = new Float64Array(length * n);
  const t = new Float64Array(length);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    t[i] = 1 - (offset[start + i] as number) * (inverseY[i] as number);
    sum += t[i] as number;
  }
  for (let j = 0; j < n; j++) {
    const column = columns[j] as Float64Array;
    for (let i = 0; i < length; i++) {
      const value = (column[start + i] as number) * (inverseY[i] as number);
      a[i * n + j] = value;
      sum += value;
    }
  }
  if (!Number.isFinite(sum)) return undefined;
  const blockSlopes = new Float64Array(blocks.length * n);
  const blockOffsets = new Float64Array(blocks.length);
  for (const [k, block] of blocks.entries()) {
    for (let i = block.start; i < block.end; i++) {
      const w = (biasWeights[i] as number) * (y[i] as number);
      blockOffsets[k] = (blockOffsets[k] as number) - w * (t[i] as number);
      for (let j = 0; j < n; j++)
        blockSlopes[k * n + j] = (blockSlopes[k * n + j] as number) + w * (a[i * n + j] as number);
    }
  }
  return { a, t, blockSlopes, blockOffsets };
}

function normalSystem(
  { a, blockSlopes, blockOffsets }: RelativeSystem,
  data: FoldData,
  shape: LossShape,
  { weight, pull }: RowWeights,
  matrix: Float64Array,
  rhs: Float64Array,
): void {
  const n = rhs.length;
  matrix.fill(0);
  rhs.fill(0);
  const g = new Float64Array(n);
  for (let i = 0; i < data.length; i++) {
    for (let j = 0; j < n; j++) g[j] = a[i * n + j] as number;
    addOuter(matrix, rhs, g, weight[i] as number, pull[i] as number);
  }
  if (shape.biasWeight > 0) {
    for (const [k, block] of data.blocks.entries()) {
      const w = shape.biasWeight * block.share;
      for (let j = 0; j < n; j++) g[j] = blockSlopes[k * n + j] as number;
      addOuter(matrix, rhs, g, w, -w * (blockOffsets[k] as number));
    }
  }
  mirror(matrix, n);
}

/** The loss at the coefficients; overwrites the weights with those of the residuals. */
function evaluateSystem(
  { a, t, blockSlopes, blockOffsets }: RelativeSystem,
  data: FoldData,
  shape: LossShape,
  coefficients: Float64Array,
  weights: RowWeights,
): number {
  const n = coefficients.length;
  const { loss, weight } = shape.robust;
  let cost = 0;
  for (let i = 0; i < data.length; i++) {
    let r = -(t[i] as number);
    for (let j = 0; j < n; j++) r += (a[i * n + j] as number) * (coefficients[j] as number);
    const target = t[i] as number;
    const rowWeight = data.rowWeights[i] as number;
    let w = rowWeight * weight(r);
    let pull = w * target;
    cost += rowWeight * loss(r);
    const guardResidual = data.guardResiduals[i] as number;
    if (r < guardResidual) {
      const guard = data.guardWeights[i] as number;
      w += guard;
      pull += guard * (target + guardResidual);
      cost += 0.5 * guard * (guardResidual - r) ** 2;
    }
    weights.weight[i] = w;
    weights.pull[i] = pull;
  }
  if (shape.biasWeight > 0) {
    for (const [k, block] of data.blocks.entries()) {
      let bias = blockOffsets[k] as number;
      for (let j = 0; j < n; j++) bias += (blockSlopes[k * n + j] as number) * (coefficients[j] as number);
      cost += 0.5 * shape.biasWeight * block.share * bias ** 2;
    }
  }
  return cost;
}
