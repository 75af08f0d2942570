import type { LossForm, Model, NormalSums } from '../kernel/index.ts';
import type { RowSetData } from './loss.ts';
import { type WeightedPriors, withPrior } from './priors/prior.ts';

/**
 * A row set's loss at constant vectors of a model: over its rows and, where it has some, over its observations; and what priors of the
 * constants add to it.
 */
export class Passes {
  readonly #model: Model;
  readonly #data: RowSetData;
  readonly #prior: WeightedPriors | undefined;

  constructor(model: Model, data: RowSetData, prior?: WeightedPriors) {
    this.#model = model;
    this.#data = data;
    this.#prior = prior;
  }

  /** The losses at several points. */
  costs(points: readonly Float64Array[], form: LossForm): readonly NormalSums[] {
    const ofRows = this.#data.length === 0 ? [] : this.#model.costs(points, this.#data, form);
    return this.#withPrior(points, [], this.#withObserved(points, ofRows, form, 'value'));
  }

  /** The loss with its gradient and curvature by all constants. */
  sums(constants: Float64Array, form: LossForm): NormalSums {
    const ofRows = this.#data.length === 0 ? [] : [this.#model.sums(constants, this.#data, form)];
    const all = this.#model.names.map((_, i) => i);
    return this.#withPrior([constants], all, this.#withObserved([constants], ofRows, form, 'all'))[0]!;
  }

  /** The same by the linear constants alone, at several points. */
  linearSums(points: readonly Float64Array[], form: LossForm): readonly NormalSums[] {
    const ofRows = this.#data.length === 0 ? [] : this.#model.linearSums(points, this.#data, form);
    return this.#withPrior(points, this.#model.linear, this.#withObserved(points, ofRows, form, 'linear'));
  }

  #withPrior(
    points: readonly Float64Array[],
    by: readonly number[],
    all: readonly NormalSums[],
  ): readonly NormalSums[] {
    const prior = this.#prior;
    return prior === undefined ? all : all.map((sums, i) => withPrior(sums, points[i]!, by, prior));
  }

  #withObserved(
    points: readonly Float64Array[],
    ofRows: readonly NormalSums[],
    form: LossForm,
    by: 'value' | 'all' | 'linear',
  ): readonly NormalSums[] {
    const { observed } = this.#data;
    if (observed === undefined) return ofRows;
    const model = this.#model;
    const n = { value: 0, all: model.names.length, linear: model.linear.length }[by];
    return points.map((point, i) => {
      const rows = ofRows[i];
      if (rows !== undefined && !Number.isFinite(rows.cost)) return rows;
      const key = by === 'linear' ? { of: model, at: model.nonlinear.map((index) => point[index]!) } : undefined;
      const sums = observed.sums(model.roots(by, point, observed.rows), n, form, key);
      return rows === undefined ? sums : added(rows, sums);
    });
  }
}

function added(a: NormalSums, b: NormalSums): NormalSums {
  return {
    cost: a.cost + b.cost,
    jtj: a.jtj.map((value, i) => value + b.jtj[i]!),
    jtr: a.jtr.map((value, i) => value + b.jtr[i]!),
  };
}
