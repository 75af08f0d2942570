/** Why a CMA-ES stopped; names as in the tutorial, appendix B.3. */
export type CmaStop =
  | 'tol-fun'
  | 'equal-fun-values'
  | 'tol-x'
  | 'tol-x-up'
  | 'stagnation'
  | 'condition-cov'
  | 'no-effect-axis'
  | 'no-effect-coord'
  | 'not-finite';

/** What the criteria look at after a generation. */
export interface CmaState {
  readonly n: number;
  readonly populationSize: number;
  readonly generation: number;
  readonly mean: Float64Array;
  readonly sigma: number;
  readonly startSigma: number;
  readonly covariance: Float64Array;
  readonly pathC: Float64Array;
  /** Square roots of the eigenvalues of C, ascending, and the eigenvectors as columns. */
  readonly axisLengths: Float64Array;
  readonly axes: Float64Array;
  readonly values: ArrayLike<number>;
}

/** Records what the value-based criteria need, and decides after each generation whether to stop. */
export class CmaTermination {
  readonly #tolFun: number;
  readonly #tolX: number;
  readonly #best: number[] = [];
  readonly #median: number[] = [];

  constructor(tolFun: number, tolX: number) {
    this.#tolFun = tolFun;
    this.#tolX = tolX;
  }

  /** Source: Hansen, arXiv:1604.00772, appendix B.3; the window lengths are the tutorial's. */
  check(state: CmaState): CmaStop | undefined {
    const { n, populationSize } = state;
    const sorted = Float64Array.from(state.values).sort();
    this.#best.push(sorted[0] as number);
    this.#median.push(sorted[sorted.length >> 1] as number);
    if (!Number.isFinite(state.sigma)) return 'not-finite';

    const window = 10 + Math.ceil((30 * n) / populationSize);
    const recent = this.#best.slice(-window);
    if (recent.length === window) {
      const range = Math.max(...recent) - Math.min(...recent);
      if (range === 0) return 'equal-fun-values';
      // NaN (all values infinite) fails every comparison and so never stops here.
      if (range < this.#tolFun && (sorted[sorted.length - 1] as number) - (sorted[0] as number) < this.#tolFun)
        return 'tol-fun';
    }
    return this.#coordinates(state) ?? this.#axes(state) ?? this.#stagnation(state);
  }

  #coordinates({ n, mean, sigma, startSigma, covariance, pathC, axisLengths }: CmaState): CmaStop | undefined {
    let small = true;
    for (let i = 0; i < n; i++) {
      const deviation = Math.sqrt(covariance[i * n + i] as number);
      if (sigma * deviation > this.#tolX * startSigma || sigma * Math.abs(pathC[i] as number) > this.#tolX * startSigma)
        small = false;
      if ((mean[i] as number) + 0.2 * sigma * deviation === mean[i]) return 'no-effect-coord';
    }
    if (small) return 'tol-x';
    if (sigma * (axisLengths[n - 1] as number) > 1e4 * startSigma * Math.max(1, axisLengths[0] as number))
      return 'tol-x-up';
    return undefined;
  }

  #axes({ n, generation, mean, sigma, axisLengths, axes }: CmaState): CmaStop | undefined {
    if ((axisLengths[n - 1] as number) > 1e7 * (axisLengths[0] as number)) return 'condition-cov';
    const axis = generation % n;
    const length = 0.1 * sigma * (axisLengths[axis] as number);
    for (let i = 0; i < n; i++) {
      if ((mean[i] as number) + length * (axes[i * n + axis] as number) !== mean[i]) return undefined;
    }
    return 'no-effect-axis';
  }

  /** Neither the best nor the median value has improved over the later part of a long window. */
  #stagnation({ n, populationSize, generation }: CmaState): CmaStop | undefined {
    const minimum = Math.ceil(120 + (30 * n) / populationSize);
    const window = Math.min(20_000, Math.max(minimum, Math.ceil(0.2 * generation)));
    if (this.#best.length < window) return undefined;
    const worse = (history: readonly number[]): boolean => {
      const part = history.slice(-window);
      const third = Math.ceil(0.3 * window);
      return middle(part.slice(-third)) >= middle(part.slice(0, third));
    };
    return worse(this.#best) && worse(this.#median) ? 'stagnation' : undefined;
  }
}

function middle(values: readonly number[]): number {
  return Float64Array.from(values).sort()[values.length >> 1] as number;
}
