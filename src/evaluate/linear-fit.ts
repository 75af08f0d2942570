import { boundedQuadratic } from '../numeric/index.ts';
import type { LossForm, NormalSums } from '../kernel/index.ts';
import { clipped, type ConstantBounds, unbounded } from './bounds.ts';
import { UNWEIGHTED } from './loss.ts';

export interface LinearFit {
  readonly coefficients: Float64Array;
  /** The loss by the last form of the schedule; infinite where predictions are not finite. */
  readonly cost: number;
}

/** How long iteratively reweighted least squares goes on. */
export interface Effort {
  /** Iterations with each form of the schedule but the last. */
  readonly warm: number;
  /** At most this many with the last one. */
  readonly final: number;
  /** Stop when the loss falls by less than this share. */
  readonly tolerance: number;
}

export const ROUGH: Effort = { warm: 2, final: 5, tolerance: 1e-3 };
export const THOROUGH: Effort = { warm: 4, final: 60, tolerance: 1e-7 };
export const CONVERGED: Effort = { warm: 10, final: 500, tolerance: 1e-12 };

/** Asks for the sums of a pass over the rows. */
export interface PassRequest {
  readonly coefficients: Float64Array;
  readonly form: LossForm;
}

/**
 * Fits coefficients in which predictions are affine by the losses of a schedule: iteratively reweighted least squares in
 * relative residuals, the penalties on bias and on shortfalls as additional equations, until an iteration does not lower the
 * loss. One pass over the rows gives an iteration's loss and the next one's equations. Coefficients that the rows do not tell apart move
 * from their usual values by the step of least norm. Bounds hold in every iteration. Yields what it wants to know, so that several fits can share each walk
 * over the rows.
 *
 * Source: Holland and Welsch, "Robust regression using iteratively reweighted least-squares", 1977.
 */
export function* fitLinear(
  n: number,
  schedule: readonly LossForm[],
  effort: Effort,
  { lower, upper }: ConstantBounds = unbounded(n),
  usual: Float64Array = new Float64Array(n),
): Generator<PassRequest, LinearFit, NormalSums> {
  let coefficients = clipped(usual, { lower, upper });
  let sums = yield { coefficients, form: UNWEIGHTED };
  if (!Number.isFinite(sums.cost)) return { coefficients, cost: Number.POSITIVE_INFINITY };
  let cost = Number.POSITIVE_INFINITY;
  for (const [stage, form] of schedule.entries()) {
    cost = Number.POSITIVE_INFINITY;
    const isLast = stage === schedule.length - 1;
    const iterations = isLast ? effort.final : effort.warm;
    if (stage > 0) sums = yield { coefficients, form };
    for (let iteration = 0; iteration < iterations; iteration++) {
      const from = coefficients;
      const below = lower.map((bound, j) => bound - (from[j] as number));
      const above = upper.map((bound, j) => bound - (from[j] as number));
      const step = boundedQuadratic(sums.jtj, sums.jtr, n, below, above);
      const next = from.map((value, j) => moved(value, step[j] as number, [lower[j] as number, upper[j] as number]));
      const trial: NormalSums = yield { coefficients: next, form };
      // The shortfall penalty is no majoriser: where rows come under it or leave it, a step can lead up.
      if (!(trial.cost < cost)) break;
      const gain = cost - trial.cost;
      coefficients = next;
      sums = trial;
      cost = trial.cost;
      if (gain <= effort.tolerance * cost) break;
    }
  }
  return { coefficients, cost };
}

/** A step that ends at a bound ends there exactly. */
function moved(value: number, step: number, [low, high]: readonly [number, number]): number {
  return Math.min(Math.max(value + step, low), high);
}
