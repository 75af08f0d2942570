import { leastSquares, median, type Random, type RowRange } from '../numeric/index.ts';
import type { LossForm, Model, NormalSums } from '../kernel/index.ts';
import { boundsOf, clipped, type ConstantBounds, unbounded } from './bounds.ts';
import { type Effort, fitLinear } from './linear-fit.ts';
import type { RowSetData } from './loss.ts';
import { inLockstep } from './lockstep.ts';
import { Passes } from './passes.ts';
import { type ConstantPriors, noPriors } from './priors/prior.ts';

/** What is known of constants beside the rows. */
export interface Constraints {
  readonly bounds?: ConstantBounds;
  readonly priors?: ConstantPriors;
  /** What the priors weigh in the loss; 0 leaves them to say where constants rest that the rows do not tell. */
  readonly weight?: number;
}

/** A constant vector (in the order of the model's names) and its loss. */
export interface Fit {
  readonly constants: Float64Array;
  readonly cost: number;
}

/**
 * A model's loss over one row set with its observations, and the local fits that lower it. Whatever is fitted lies inside the bounds;
 * what it starts from is clipped to them.
 */
export class RowSetFitter {
  readonly model: Model;
  readonly #data: RowSetData;
  readonly #passes: Passes;
  /** Without priors. */
  readonly #ofRows: Passes;
  readonly #usual: Float64Array;
  readonly #schedule: readonly LossForm[];
  readonly #final: LossForm;
  readonly #bounds: ConstantBounds;
  readonly #linearBounds: ConstantBounds;

  constructor(
    model: Model,
    data: RowSetData,
    schedule: readonly LossForm[],
    { bounds = unbounded(model.names.length), priors = noPriors(model.names.length), weight = 0 }: Constraints = {},
  ) {
    this.model = model;
    this.#bounds = bounds;
    this.#linearBounds = boundsOf(bounds, model.linear);
    this.#data = data;
    this.#passes = new Passes(model, data, weight > 0 ? { priors, weight } : undefined);
    this.#ofRows = weight > 0 ? new Passes(model, data) : this.#passes;
    this.#usual = Float64Array.from(model.linear, (i) => (Number.isNaN(priors.median[i]!) ? 0 : priors.median[i]!));
    this.#schedule = schedule;
    this.#final = schedule.at(-1) as LossForm;
  }

  /** The loss by the last form of the schedule; infinite where a prediction is not finite. */
  cost(constants: Float64Array): number {
    return (this.#costs([constants])[0] as Fit).cost;
  }

  /** Keeps the non-linear constants and solves for the linear ones (variable projection, Golub and Pereyra 1973). */
  project(constants: Float64Array, effort: Effort): Fit {
    return this.projectAll([constants], effort)[0] as Fit;
  }

  /** The same for several constant vectors, which share the walks over the rows. */
  projectAll(given: readonly Float64Array[], effort: Effort): readonly Fit[] {
    const { linear } = this.model;
    const points = given.map((point) => clipped(point, this.#bounds));
    if (linear.length === 0) return this.#costs(points);
    const withLinear = (point: number, coefficients: Float64Array): Float64Array => {
      const all = (points[point] as Float64Array).slice();
      for (const [k, i] of linear.entries()) all[i] = coefficients[k] as number;
      return all;
    };
    const fits = inLockstep(
      points.map(() => fitLinear(linear.length, this.#schedule, effort, this.#linearBounds, this.#usual)),
      (requests) => {
        const answers: NormalSums[] = [];
        for (const form of new Set(requests.map(({ request }) => request.form))) {
          const same = requests.flatMap(({ lane, request }, i) =>
            request.form === form ? [{ i, lane, request }] : [],
          );
          const all = same.map(({ lane, request }) => withLinear(lane, request.coefficients));
          const sums = this.#passes.linearSums(all, form);
          for (const [k, { i }] of same.entries()) answers[i] = sums[k] as NormalSums;
        }
        return answers;
      },
    );
    return fits.map(({ coefficients, cost }, point) => ({ constants: withLinear(point, coefficients), cost }));
  }

  #costs(points: readonly Float64Array[]): readonly Fit[] {
    const sums = this.#passes.costs(points, this.#final);
    return points.map((constants, i) => {
      const { cost } = sums[i] as NormalSums;
      return { constants, cost: Number.isFinite(cost) ? cost : Number.POSITIVE_INFINITY };
    });
  }

  /** Levenberg–Marquardt over all constants, by one loss of the schedule after the other. */
  descend(start: Float64Array, maxIterations: number, costTolerance: number): Fit {
    return this.#descendBy(this.#schedule, start, maxIterations, costTolerance);
  }

  /**
   * The same by the last loss alone, from near its least value. Constants stay that hardly change any prediction: with them there is no
   * step to be had from the normal equations.
   */
  settle(start: Float64Array, maxIterations: number, costTolerance: number): Fit {
    const { jtj } = this.#passes.sums(start, this.#final);
    const isFixed = start.map((value, i) => Number(!(value * value * jtj[i * start.length + i]! > INSENSITIVE)));
    return this.#descendBy([this.#final], start, maxIterations, costTolerance, {
      lower: this.#bounds.lower.map((bound, i) => (isFixed[i] === 1 ? start[i]! : bound)),
      upper: this.#bounds.upper.map((bound, i) => (isFixed[i] === 1 ? start[i]! : bound)),
    });
  }

  #descendBy(
    schedule: readonly LossForm[],
    start: Float64Array,
    maxIterations: number,
    costTolerance: number,
    bounds: ConstantBounds = this.#bounds,
  ): Fit {
    const passes = this.#passes;
    let constants = start;
    for (const form of schedule) {
      const problem = {
        size: start.length,
        cost: (x: Float64Array) => (passes.costs([x], form)[0] as NormalSums).cost,
        normalEquations: (x: Float64Array, jtj: Float64Array, jtr: Float64Array) => {
          const sums = passes.sums(x, form);
          jtj.set(sums.jtj);
          jtr.set(sums.jtr);
          return sums.cost;
        },
      };
      const options = { maxIterations, costTolerance, stepTolerance: 1e-9, ...bounds };
      constants = leastSquares(problem, constants, options).parameters;
    }
    return { constants, cost: this.cost(constants) };
  }

  /**
   * The start values with the non-linear constants multiplied so that predictions have the size of the targets: start values
   * may have been chosen for another target. Exact for programs that are homogeneous in them, a guess for others.
   */
  rescaled(start: Float64Array): Float64Array {
    const p = this.model.predict(start, this.rows);
    const { start: offset, length, y } = this.#data;
    const ratios = Array.from({ length }, (_, i) => (y[i] as number) / (p[offset + i] as number));
    const ratio = median(ratios.filter((value) => value > 0 && Number.isFinite(value)));
    const scaled = start.slice();
    if (ratio > 0) for (const i of this.model.nonlinear) scaled[i] = (start[i] as number) * ratio;
    return scaled;
  }

  /** Of each constant whether no row's prediction changes with it, as far as derivatives tell. */
  idle(constants: Float64Array): readonly boolean[] {
    const { jtj } = this.#ofRows.sums(constants, this.#final);
    const n = constants.length;
    const conditional = new Set(this.model.conditional);
    return Array.from(constants, (_, i) => jtj[i * n + i] === 0 && !conditional.has(i));
  }

  /** The same of what was measured alone: bounds that physics sets hold in batches of models that nobody measured too. */
  untold(constants: Float64Array): readonly boolean[] {
    const { jtj } = this.#ofRows.sums(constants, { robust: this.#final.robust, biasWeight: 0, penalty: false });
    const n = constants.length;
    const conditional = new Set(this.model.conditional);
    return Array.from(constants, (_, i) => jtj[i * n + i] === 0 && !conditional.has(i));
  }

  /** JᵀWJ of the robust residuals alone, their number, and the weighted mean square of the relative residual. */
  curvature(constants: Float64Array): { matrix: Float64Array; meanSquare: number; rows: number } {
    const { robust } = this.#final;
    const matrix = this.#ofRows.sums(constants, { robust, biasWeight: 0, penalty: false }).jtj;
    const { start, length, inverseY, rowWeights, observed } = this.#data;
    let meanSquare = 0;
    if (observed !== undefined)
      meanSquare = observed.weightedSquares(this.model.predict(constants, observed.rows), robust);
    const p = this.model.predict(constants, this.rows);
    for (let i = 0; i < length; i++) {
      const r = (p[start + i] as number) * (inverseY[i] as number) - 1;
      meanSquare += (rowWeights[i] as number) * robust.weight(r) * r * r;
    }
    return { matrix, meanSquare, rows: length + (observed?.requests ?? 0) };
  }

  /** The rows of the layout that it goes over one by one. */
  get rows(): RowRange {
    return [this.#data.start, this.#data.start + this.#data.length];
  }
}

/** Curvature of the loss by the logarithm of a constant: below it a factor of e moves predictions by less than a millionth. */
const INSENSITIVE = 1e-12;

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
