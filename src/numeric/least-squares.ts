import { solveSymmetric } from './symmetric.ts';

/**
 * A sum of squares, or any cost with a positive semi-definite model of its curvature (a robust loss with its weights, a
 * squared penalty). Rows are the caller's affair, so that a kernel may accumulate them as it computes them.
 */
export interface LeastSquaresProblem {
  readonly size: number;
  /** The cost, such as ½·Σr²; not finite where the parameters are not admissible. */
  cost(parameters: Float64Array): number;
  /** Overwrites `jtj` (n×n, row-major, all of it) and the gradient `jtr` of the cost, and gives the cost. */
  normalEquations(parameters: Float64Array, jtj: Float64Array, jtr: Float64Array): number;
}

export interface LeastSquaresOptions {
  readonly maxIterations?: number;
  /** Stop when a step lowers the cost, and was predicted to, by less than this share. Default 1e-10. */
  readonly costTolerance?: number;
  /** Stop when a step changes no parameter by more than this share. Default 1e-10. */
  readonly stepTolerance?: number;
  /** Start of the damping, relative to the diagonal of JᵀJ. Default 1e-3. */
  readonly damping?: number;
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

export interface LeastSquaresResult {
  readonly parameters: Float64Array;
  readonly cost: number;
  /** Steps tried, accepted or not. */
  readonly iterations: number;
  /** `start`: the cost of the start is not finite. */
  readonly stop: 'cost' | 'step' | 'gradient' | 'damping' | 'iterations' | 'start';
  /** JᵀJ at the result. */
  readonly jtj: Float64Array;
}

const MAX_DAMPING = 1e16;

/**
 * Levenberg–Marquardt with Marquardt's scaling (damping in units of the diagonal of JᵀJ) and Nielsen's update of the damping.
 * A step that does not lower the cost is rolled back. Bounds are kept by projection; a parameter that rests on a bound and is
 * pushed outwards is left out of the step.
 *
 * Source: Madsen, Nielsen and Tingleff, "Methods for non-linear least squares problems", 2nd ed., 2004, algorithm 3.16.
 */
export function leastSquares(
  problem: LeastSquaresProblem,
  start: Float64Array,
  options: LeastSquaresOptions = {},
): LeastSquaresResult {
  const { maxIterations = 100, costTolerance = 1e-10, stepTolerance = 1e-10, damping = 1e-3 } = options;
  const n = problem.size;
  const project = projector(options);
  let parameters = project(start.slice());
  let jtj = new Float64Array(n * n);
  let jtr = new Float64Array(n);
  let cost = problem.normalEquations(parameters, jtj, jtr);
  if (!Number.isFinite(cost)) return { parameters, cost, iterations: 0, stop: 'start', jtj };

  let mu = damping;
  let growth = 2;
  for (let iterations = 1; iterations <= maxIterations; iterations++) {
    const free = freeParameters(parameters, jtr, options);
    if (!free.some((isFree, i) => isFree && jtr[i] !== 0)) {
      return { parameters, cost, iterations: iterations - 1, stop: 'gradient', jtj };
    }
    const step = dampedStep(jtj, jtr, n, mu, free);
    const trial = project(parameters.map((value, i) => value + (step[i] as number)));
    const trialCost = problem.cost(trial);
    const predicted = predictedDecrease(jtj, jtr, parameters, trial);
    const decrease = cost - trialCost;
    const smallStep = trial.every(
      (value, i) => Math.abs(value - (parameters[i] as number)) <= stepTolerance * (Math.abs(value) + stepTolerance),
    );
    const gain = decrease / predicted;
    if (decrease > 0 && predicted > 0) {
      const converged = Math.max(decrease, predicted) <= costTolerance * Math.abs(cost);
      const nextJtj = new Float64Array(n * n);
      const nextJtr = new Float64Array(n);
      const nextCost = problem.normalEquations(trial, nextJtj, nextJtr);
      parameters = trial;
      cost = nextCost;
      jtj = nextJtj;
      jtr = nextJtr;
      // A product, since engines round other powers than the square each in its own way.
      const rest = 2 * gain - 1;
      mu *= Math.max(1 / 3, 1 - rest * rest * rest);
      growth = 2;
      if (converged) return { parameters, cost, iterations, stop: 'cost', jtj };
    } else {
      if (smallStep) return { parameters, cost, iterations, stop: 'step', jtj };
      // At the bottom of a cost that rounding blurs no step is accepted; without this the damping would run to its limit.
      if (predicted >= 0 && predicted <= Number.EPSILON * Math.abs(cost)) {
        return { parameters, cost, iterations, stop: 'cost', jtj };
      }
      mu *= growth;
      growth *= 2;
      if (mu > MAX_DAMPING) return { parameters, cost, iterations, stop: 'damping', jtj };
    }
    if (smallStep) return { parameters, cost, iterations, stop: 'step', jtj };
  }
  return { parameters, cost, iterations: maxIterations, stop: 'iterations', jtj };
}

function projector({ lower, upper }: LeastSquaresOptions): (x: Float64Array) => Float64Array {
  return (x) => {
    for (let i = 0; i < x.length; i++) {
      if (lower !== undefined) x[i] = Math.max(x[i] as number, lower[i] as number);
      if (upper !== undefined) x[i] = Math.min(x[i] as number, upper[i] as number);
    }
    return x;
  };
}

function freeParameters(x: Float64Array, gradient: Float64Array, { lower, upper }: LeastSquaresOptions): boolean[] {
  return Array.from(x, (value, i) => {
    const slope = gradient[i] as number;
    const pushedDown = lower !== undefined && value <= (lower[i] as number) && slope > 0;
    const pushedUp = upper !== undefined && value >= (upper[i] as number) && slope < 0;
    return !pushedDown && !pushedUp;
  });
}

/** Solves (JᵀJ + μ·diag(JᵀJ))·δ = −Jᵀr over the free parameters. */
function dampedStep(
  jtj: Float64Array,
  jtr: Float64Array,
  n: number,
  mu: number,
  free: readonly boolean[],
): Float64Array {
  const a = jtj.slice();
  const b = jtr.map((value) => -value);
  for (let i = 0; i < n; i++) {
    const diagonal = jtj[i * n + i] as number;
    if (free[i] === true && diagonal > 0) {
      a[i * n + i] = diagonal * (1 + mu);
    } else {
      // A parameter without influence (or held by a bound) becomes an equation of its own with solution 0.
      for (let j = 0; j < n; j++) {
        a[i * n + j] = 0;
        a[j * n + i] = 0;
      }
      a[i * n + i] = 1;
      b[i] = 0;
    }
  }
  return solveSymmetric(a, b, n).x;
}

/** How much the quadratic model falls over the step taken (after projection): −gᵀδ − ½·δᵀ·JᵀJ·δ. */
function predictedDecrease(jtj: Float64Array, jtr: Float64Array, from: Float64Array, to: Float64Array): number {
  const n = from.length;
  let decrease = 0;
  for (let i = 0; i < n; i++) {
    const di = (to[i] as number) - (from[i] as number);
    let curvature = 0;
    for (let j = 0; j < n; j++) curvature += (jtj[i * n + j] as number) * ((to[j] as number) - (from[j] as number));
    decrease -= di * ((jtr[i] as number) + 0.5 * curvature);
  }
  return decrease;
}
