import { cmaParameters, type CmaParameters } from './cma-parameters.ts';
import { CmaTermination, type CmaStop } from './cma-stop.ts';
import { symmetricEigen } from './eigen.ts';
import type { Random } from './random.ts';

export interface CmaOptions {
  /** Start of the mean; its length is the dimension. */
  readonly mean: ArrayLike<number>;
  /** Start of the step size, about a third of the distance to the optimum in every coordinate. */
  readonly sigma: number;
  readonly random: Random;
  /** λ; default 4 + ⌊3·ln n⌋. */
  readonly populationSize?: number;
  /** Box bounds; ±Infinity where there is none. */
  readonly lower?: ArrayLike<number>;
  readonly upper?: ArrayLike<number>;
  /**
   * Generations at the start in which C stays diagonal and learns faster: from many variables, a diagonal is learnt much sooner
   * than a whole matrix. Default 0 up to 20 dimensions, else 100·n/√λ.
   */
  readonly diagonalGenerations?: number;
  /** Stop when the values of late generations differ by less. Default 1e-12. */
  readonly tolFun?: number;
  /** Stop when all deviations are below this share of the start step size. Default 1e-12. */
  readonly tolX?: number;
}

export interface Best {
  readonly x: Float64Array;
  readonly value: number;
}

/** How often an infeasible point is drawn again before it is projected on the box. */
const RESAMPLES = 20;
/** Above so many dimensions the search starts with a diagonal matrix. */
const FEW_DIMENSIONS = 20;

interface Sample {
  /** (point − mean) / σ as drawn. */
  readonly y: Float64Array;
  /** The point, projected on the box where resampling found no feasible one. */
  readonly x: Float64Array;
  /** Squared distance from the drawn point to `x`, in units of σ²; 0 for a feasible point. */
  readonly excess: number;
}

/**
 * CMA-ES, (μ/μ_w, λ) with active covariance update, behind `ask` and `tell`. Values are minimised; only their ranks count.
 * Bounds: resampling first, then projection with a penalty on the distance.
 *
 * Sources: Hansen, "The CMA evolution strategy: a tutorial", arXiv:1604.00772; for the diagonal start Ros and Hansen, "A simple
 * modification in CMA-ES achieving linear time and space complexity", PPSN 2008.
 */
export class CmaEs {
  readonly #n: number;
  readonly #parameters: CmaParameters;
  readonly #options: CmaOptions;
  readonly #termination: CmaTermination;
  readonly #diagonalGenerations: number;
  #mean: Float64Array;
  #sigma: number;
  #covariance: Float64Array;
  #pathSigma: Float64Array;
  #pathC: Float64Array;
  #axes: Float64Array;
  #axisLengths: Float64Array;
  #generation = 0;
  #decomposedAt = 0;
  #samples: Sample[] = [];
  #best: Best | undefined;
  #stop: CmaStop | undefined;

  constructor(options: CmaOptions) {
    const n = options.mean.length;
    if (n < 1 || !(options.sigma > 0))
      throw new RangeError('CMA-ES needs at least one dimension and a positive step size');
    this.#n = n;
    this.#options = options;
    this.#parameters = cmaParameters(n, options.populationSize);
    const many = n > FEW_DIMENSIONS ? Math.floor((100 * n) / Math.sqrt(this.#parameters.populationSize)) : 0;
    this.#diagonalGenerations = options.diagonalGenerations ?? many;
    this.#termination = new CmaTermination(options.tolFun ?? 1e-12, options.tolX ?? 1e-12);
    this.#mean = Float64Array.from(options.mean);
    this.#sigma = options.sigma;
    this.#covariance = identity(n);
    this.#axes = identity(n);
    this.#axisLengths = new Float64Array(n).fill(1);
    this.#pathSigma = new Float64Array(n);
    this.#pathC = new Float64Array(n);
  }

  get populationSize(): number {
    return this.#parameters.populationSize;
  }

  get mean(): Float64Array {
    return this.#mean.slice();
  }

  get sigma(): number {
    return this.#sigma;
  }

  get generation(): number {
    return this.#generation;
  }

  /** The best point told so far; undefined before the first finite value. */
  get best(): Best | undefined {
    return this.#best;
  }

  /** The criterion that ended the search, or undefined while it should go on. */
  get stop(): CmaStop | undefined {
    return this.#stop;
  }

  /** The next generation: λ points inside the bounds. */
  ask(): readonly Float64Array[] {
    this.#samples = Array.from({ length: this.populationSize }, () => this.#sample());
    return this.#samples.map((sample) => sample.x.slice());
  }

  /**
   * The values of the points of the last `ask`, in their order; NaN counts as worst. Throws a RangeError for another number of
   * values.
   */
  tell(values: readonly number[]): void {
    const samples = this.#samples;
    if (values.length !== samples.length || samples.length === 0) {
      throw new RangeError(`tell() needs the ${samples.length} values of the last ask(), not ${values.length}`);
    }
    const finite = values.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value));
    for (const [i, value] of finite.entries()) {
      if (value < (this.#best?.value ?? Number.POSITIVE_INFINITY))
        this.#best = { x: (samples[i] as Sample).x.slice(), value };
    }
    this.#samples = [];
    this.#generation++;
    this.#update(this.#ranked(samples, finite));
    this.#decompose();
    this.#stop = this.#termination.check({
      n: this.#n,
      populationSize: this.populationSize,
      generation: this.#generation,
      mean: this.#mean,
      sigma: this.#sigma,
      startSigma: this.#options.sigma,
      covariance: this.#covariance,
      pathC: this.#pathC,
      axisLengths: this.#axisLengths,
      axes: this.#axes,
      values: finite,
    });
  }

  #sample(): Sample {
    const n = this.#n;
    for (let attempt = 0; ; attempt++) {
      const y = this.#draw();
      const x = this.#project(y);
      let excess = 0;
      for (let i = 0; i < n; i++) {
        excess += (((this.#mean[i] as number) + this.#sigma * (y[i] as number) - (x[i] as number)) / this.#sigma) ** 2;
      }
      if (excess === 0 || attempt === RESAMPLES) return { y, x, excess };
    }
  }

  /** B·D·z */
  #draw(): Float64Array {
    const n = this.#n;
    const scaled = Float64Array.from(this.#axisLengths, (length) => length * this.#options.random.normal());
    const y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += (this.#axes[i * n + k] as number) * (scaled[k] as number);
      y[i] = sum;
    }
    return y;
  }

  #project(y: Float64Array): Float64Array {
    const { lower, upper } = this.#options;
    return y.map((value, i) => {
      const point = (this.#mean[i] as number) + this.#sigma * value;
      return Math.min(Math.max(point, lower?.[i] ?? Number.NEGATIVE_INFINITY), upper?.[i] ?? Number.POSITIVE_INFINITY);
    });
  }

  /** Steps by ascending value; an infeasible point pays for its distance in units of the spread of this generation's values. */
  #ranked(samples: readonly Sample[], values: readonly number[]): Float64Array[] {
    const sorted = Float64Array.from(values).sort();
    const low = sorted[Math.floor(sorted.length / 4)] as number;
    const high = sorted[Math.floor((3 * sorted.length) / 4)] as number;
    const spread = high - low;
    const unit = Number.isFinite(spread) && spread > 0 ? spread : 1;
    const cost = values.map((value, i) => {
      const { excess } = samples[i] as Sample;
      return excess === 0 ? value : value + unit * excess;
    });
    const order = cost.map((_, i) => i);
    // Equal costs (infinite ones too) keep the order in which they were drawn.
    order.sort((i, j) => compare(cost[i] as number, cost[j] as number) || i - j);
    return order.map((i) => (samples[i] as Sample).y);
  }

  #update(steps: readonly Float64Array[]): void {
    const n = this.#n;
    const { weights, muEff, cSigma, dSigma, cc, chiN } = this.#parameters;
    const isDiagonal = this.#generation <= this.#diagonalGenerations;
    const { c1, cMu } = isDiagonal ? this.#fasterRates() : this.#parameters;
    const mean = new Float64Array(n);
    for (const [k, y] of steps.entries()) {
      const w = weights[k] as number;
      if (w > 0) for (let i = 0; i < n; i++) mean[i] = (mean[i] as number) + w * (y[i] as number);
    }
    this.#mean = this.#mean.map((value, i) => value + this.#sigma * (mean[i] as number));

    const whitened = this.#whiten(mean);
    const gainSigma = Math.sqrt(cSigma * (2 - cSigma) * muEff);
    this.#pathSigma = this.#pathSigma.map((value, i) => (1 - cSigma) * value + gainSigma * (whitened[i] as number));
    const length = Math.sqrt(squaredNorm(this.#pathSigma));
    const settled = Math.sqrt(1 - (1 - cSigma) ** (2 * this.#generation));
    const hSigma = length / settled < (1.4 + 2 / (n + 1)) * chiN ? 1 : 0;

    const gainC = hSigma * Math.sqrt(cc * (2 - cc) * muEff);
    this.#pathC = this.#pathC.map((value, i) => (1 - cc) * value + gainC * (mean[i] as number));

    const adjusted = weights.map((w, k) =>
      w >= 0 ? w : (w * n) / squaredNorm(this.#whiten(steps[k] as Float64Array)),
    );
    const decay = 1 + c1 * (1 - hSigma) * cc * (2 - cc) - c1 - cMu * weights.reduce((a, b) => a + b, 0);
    const covariance = this.#covariance.map((value) => decay * value);
    addOuter(covariance, this.#pathC, c1, isDiagonal);
    for (const [k, y] of steps.entries()) addOuter(covariance, y, cMu * (adjusted[k] as number), isDiagonal);
    this.#covariance = covariance;
    this.#sigma *= Math.exp(Math.min(1, (cSigma / dSigma) * (length / chiN - 1)));
  }

  /** A diagonal has n values to learn instead of n·(n + 1)/2. */
  #fasterRates(): { c1: number; cMu: number } {
    const { c1, cMu } = this.#parameters;
    const factor = (this.#n + 1.5) / 3;
    const faster = Math.min(1, c1 * factor);
    return { c1: faster, cMu: Math.min(1 - faster, cMu * factor) };
  }

  /** C^(−1/2)·y */
  #whiten(y: Float64Array): Float64Array {
    const n = this.#n;
    const out = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      let along = 0;
      for (let i = 0; i < n; i++) along += (this.#axes[i * n + k] as number) * (y[i] as number);
      along /= this.#axisLengths[k] as number;
      for (let i = 0; i < n; i++) out[i] = (out[i] as number) + along * (this.#axes[i * n + k] as number);
    }
    return out;
  }

  /** Lazily: C changes little in 1/(10·n·(c1 + cμ)) generations (appendix B.2). */
  #decompose(): void {
    const { c1, cMu } = this.#parameters;
    if (this.#generation - this.#decomposedAt <= 1 / ((c1 + cMu) * this.#n * 10)) return;
    this.#decomposedAt = this.#generation;
    const { values, vectors } = symmetricEigen(this.#covariance, this.#n);
    this.#axes = vectors;
    // Rounding can push a tiny eigenvalue below zero once the condition number passes 1e14.
    const floor = (values[this.#n - 1] as number) * 1e-20;
    this.#axisLengths = values.map((value) => Math.sqrt(Math.max(value, floor)));
  }
}

/** Adds weight·y·yᵀ, or its diagonal. */
function addOuter(matrix: Float64Array, y: Float64Array, weight: number, isDiagonal: boolean): void {
  const n = y.length;
  for (let i = 0; i < n; i++) {
    const scaled = weight * (y[i] as number);
    const end = isDiagonal ? i + 1 : n;
    for (let j = isDiagonal ? i : 0; j < end; j++) {
      matrix[i * n + j] = (matrix[i * n + j] as number) + scaled * (y[j] as number);
    }
  }
}

function compare(a: number, b: number): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

function squaredNorm(x: Float64Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return sum;
}

function identity(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) out[i * n + i] = 1;
  return out;
}
