import { type Best, CmaEs, type CmaOptions } from './cma-es.ts';
import { defaultPopulationSize } from './cma-parameters.ts';
import type { CmaStop } from './cma-stop.ts';
import type { Random } from './random.ts';

export interface MinimizeOptions extends CmaOptions {
  /** Stop at this value or below. */
  readonly target?: number;
  /** Default 1e3·(n + 5)². */
  readonly maxEvaluations?: number;
  /**
   * What to do when a run stops before the target: nothing; restart with the population doubled (IPOP); or alternate such runs
   * with runs of a small, varied population (BIPOP). Default `none`.
   */
  readonly restarts?: 'none' | 'ipop' | 'bipop';
  /** At most this many doublings of the population; small runs of BIPOP come on top. Default 9. */
  readonly maxRestarts?: number;
  /** Where a restart begins; default uniform in finite bounds, else normal about `mean` with deviation `sigma`. */
  readonly startPoint?: (random: Random) => ArrayLike<number>;
}

export interface MinimizeResult extends Best {
  readonly evaluations: number;
  readonly restarts: number;
  readonly stop: CmaStop | 'target' | 'evaluations';
}

/** `minimizeBatched` for a function of one point. */
export function minimize(f: (x: Float64Array) => number, options: MinimizeOptions): MinimizeResult {
  return minimizeBatched((points) => points.map(f), options);
}

/**
 * Minimises by CMA-ES with optional restarts. `f` gives the values of all points of a population at once; NaN counts as worst.
 *
 * Sources: Auger and Hansen, "A restart CMA evolution strategy with increasing population size", CEC 2005 (IPOP);
 * Hansen, "Benchmarking a BI-population CMA-ES on the BBOB-2009 function testbed", GECCO 2009 (BIPOP).
 */
export function minimizeBatched(
  f: (points: readonly Float64Array[]) => readonly number[],
  options: MinimizeOptions,
): MinimizeResult {
  const n = options.mean.length;
  const budget = options.maxEvaluations ?? 1000 * (n + 5) ** 2;
  const target = options.target ?? Number.NEGATIVE_INFINITY;
  const maxRestarts = options.restarts === undefined || options.restarts === 'none' ? 0 : (options.maxRestarts ?? 9);
  let best: Best = { x: Float64Array.from(options.mean), value: Number.POSITIVE_INFINITY };
  let evaluations = 0;
  const schedule = new RestartSchedule(options);

  for (let restart = 0; ; restart++) {
    const random = options.random.split('cma-es', restart);
    const regime = schedule.next(restart, random, evaluations);
    const es = new CmaEs({ ...options, ...regime, random });
    let stop: MinimizeResult['stop'] | undefined;
    while (stop === undefined) {
      const points = es.ask().slice(0, budget - evaluations);
      const values = f(points);
      for (const [i, x] of points.entries()) {
        const value = values[i] as number;
        evaluations++;
        if (value < best.value) best = { x: x.slice(), value };
        if (best.value <= target) return { ...best, evaluations, restarts: restart, stop: 'target' };
        if (evaluations >= budget) return { ...best, evaluations, restarts: restart, stop: 'evaluations' };
      }
      es.tell(values);
      stop = es.stop;
    }
    if (schedule.doublings >= maxRestarts) return { ...best, evaluations, restarts: restart, stop };
  }
}

interface Regime {
  readonly mean: ArrayLike<number>;
  readonly sigma: number;
  readonly populationSize: number;
}

/** Population size, step size and start of each run, by the evaluations that each regime has used. */
class RestartSchedule {
  readonly #options: MinimizeOptions;
  readonly #defaultSize: number;
  #doublings = 0;
  #used = { large: 0, small: 0 };
  #last: 'large' | 'small' | undefined;
  #countedUpTo = 0;

  constructor(options: MinimizeOptions) {
    this.#options = options;
    this.#defaultSize = options.populationSize ?? defaultPopulationSize(options.mean.length);
  }

  get doublings(): number {
    return this.#doublings;
  }

  next(restart: number, random: Random, evaluations: number): Regime {
    const { mean, sigma, restarts } = this.#options;
    // The first run of BIPOP counts for neither regime.
    if (this.#last !== undefined) this.#used[this.#last] += evaluations - this.#countedUpTo;
    this.#countedUpTo = evaluations;
    if (restart === 0) return { mean, sigma, populationSize: this.#defaultSize };

    const draws = random.split('regime');
    const start = this.#startPoint(draws);
    if (restarts === 'bipop' && this.#doublings > 0 && this.#used.small < this.#used.large) {
      this.#last = 'small';
      const largest = this.#defaultSize * 2 ** this.#doublings;
      const ratio = (0.5 * largest) / this.#defaultSize;
      const populationSize = Math.floor(this.#defaultSize * ratio ** (draws.uniform() ** 2));
      return { mean: start, sigma: sigma * 10 ** (-2 * draws.uniform()), populationSize };
    }
    this.#last = 'large';
    this.#doublings++;
    return { mean: start, sigma, populationSize: this.#defaultSize * 2 ** this.#doublings };
  }

  #startPoint(random: Random): ArrayLike<number> {
    const { mean, sigma, lower, upper, startPoint } = this.#options;
    if (startPoint !== undefined) return startPoint(random);
    return Float64Array.from(mean, (value, i) => {
      const low = lower?.[i] ?? Number.NEGATIVE_INFINITY;
      const high = upper?.[i] ?? Number.POSITIVE_INFINITY;
      const point = value + sigma * random.normal();
      return Number.isFinite(high - low) ? low + random.uniform() * (high - low) : Math.min(Math.max(point, low), high);
    });
  }
}
