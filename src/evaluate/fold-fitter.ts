import { leastSquares, median, type Random } from '../numeric/index.ts';
import type { Fold, Layout } from './layout.ts';
import { type Effort, fitLinear } from './linear-fit.ts';
import { type FoldData, foldCost, foldData, foldNormalEquations, type LossShape } from './loss.ts';
import type { Model } from './model.ts';

/** A constant vector (in the order of the model's names) and its loss. */
export interface Fit {
  readonly constants: Float64Array;
  readonly cost: number;
}

/** A model's loss over one fold, and the local fits that lower it. */
export class FoldFitter {
  readonly model: Model;
  readonly fold: Fold;
  readonly #data: FoldData;
  readonly #schedule: readonly LossShape[];
  readonly #final: LossShape;

  constructor(model: Model, layout: Layout, fold: Fold, schedule: readonly LossShape[]) {
    this.model = model;
    this.fold = fold;
    this.#data = foldData(layout, fold);
    this.#schedule = schedule;
    this.#final = schedule.at(-1) as LossShape;
  }

  /** The loss by the last shape of the schedule; infinite where a prediction is not finite. */
  cost(constants: Float64Array): number {
    const cost = foldCost(this.#data, this.#final, this.model.predict(constants, this.fold.rows));
    return Number.isFinite(cost) ? cost : Number.POSITIVE_INFINITY;
  }

  /** Keeps the non-linear constants and solves for the linear ones (variable projection, Golub and Pereyra 1973). */
  project(constants: Float64Array, effort: Effort): Fit {
    const { offset, columns } = this.model.affine(constants, this.fold.rows);
    const { coefficients, cost } = fitLinear(this.#data, this.#schedule, offset, columns, effort);
    const fitted = constants.slice();
    for (const [k, i] of this.model.linear.entries()) fitted[i] = coefficients[k] as number;
    return { constants: fitted, cost };
  }

  /** Levenberg–Marquardt over all constants, by one loss of the schedule after the other. */
  descend(start: Float64Array, maxIterations: number, costTolerance: number): Fit {
    const { model, fold } = this;
    let constants = start;
    for (const shape of this.#schedule) {
      const problem = {
        size: model.names.length,
        cost: (x: Float64Array) => foldCost(this.#data, shape, model.predict(x, fold.rows)),
        normalEquations: (x: Float64Array, jtj: Float64Array, jtr: Float64Array) => {
          const { p, derivatives } = model.derivatives(x, fold.rows);
          return foldNormalEquations(this.#data, shape, p, derivatives, jtj, jtr);
        },
      };
      constants = leastSquares(problem, constants, { maxIterations, costTolerance, stepTolerance: 1e-9 }).parameters;
    }
    return { constants, cost: this.cost(constants) };
  }

  /**
   * The start values with the non-linear constants multiplied so that predictions have the size of the targets: start values
   * may have been chosen for another target. Exact for programs that are homogeneous in them, a guess for others.
   */
  rescaled(start: Float64Array): Float64Array {
    const p = this.model.predict(start, this.fold.rows);
    const { start: offset, length, y } = this.#data;
    const ratios = Array.from({ length }, (_, i) => (y[i] as number) / (p[offset + i] as number));
    const ratio = median(ratios.filter((value) => value > 0 && Number.isFinite(value)));
    const scaled = start.slice();
    if (ratio > 0) for (const i of this.model.nonlinear) scaled[i] = (start[i] as number) * ratio;
    return scaled;
  }

  /** JᵀWJ of the robust rows alone, its number of rows, and the weighted mean square of the relative residual. */
  curvature(constants: Float64Array): { matrix: Float64Array; meanSquare: number; rows: number } {
    const n = this.model.names.length;
    const { p, derivatives } = this.model.derivatives(constants, this.fold.rows);
    const matrix = new Float64Array(n * n);
    const shape = { robust: this.#final.robust, biasWeight: 0 };
    foldNormalEquations(this.#data, shape, p, derivatives, matrix, new Float64Array(n));
    const { start, length, inverseY, rowWeights } = this.#data;
    let meanSquare = 0;
    for (let i = 0; i < length; i++) {
      const r = (p[start + i] as number) * (inverseY[i] as number) - 1;
      meanSquare += (rowWeights[i] as number) * shape.robust.weight(r) * r * r;
    }
    return { matrix, meanSquare, rows: length };
  }
}

/** Deviation of the logarithm of a jittered start value. */
const JITTER = 0.7;

/** The start values with random factors: constants keep their sign, zeros become normal. */
export function jitter(start: Float64Array, indices: readonly number[], random: Random): Float64Array {
  const out = start.slice();
  for (const i of indices) {
    const value = out[i] as number;
    out[i] = value === 0 ? random.normal() : value * Math.exp(JITTER * random.normal());
  }
  return out;
}
