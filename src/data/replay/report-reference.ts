import { leastSquares, mean, quantile } from '../../numeric/index.ts';
import type { ServingContext } from '../../physics/index.ts';
import type { EngineSettings, RequestPaths, ServingRequests } from '../../serving/index.ts';
import type { ClientReport } from '../clients/load-profile.ts';
import { referenceAt, type Reference, startValues } from './reference.ts';
import { serveWindows } from './serve-windows.ts';
import type { ReplayWindow } from './windows.ts';

/** Weights of means of E2E and of the time between tokens are 1. */
const TTFT_WEIGHT = 0.5;
const P90_WEIGHT = 0.1;
/** What a start value that is wrong by a factor of e costs, beside a relative error. Some figures cannot tell six constants. */
const PRIOR = 0.01;
const ITERATIONS = 6;
/**
 * Of the logarithm of a constant, in one descent after the other. A schedule changes by jumps: differences over little tell little, far
 * from the end least of all.
 */
const DIFFERENCES = [0.3, 0.1, 0.03] as const;

/**
 * Fits the reference to what was reported of stages: means of TTFT, of the time between tokens and of E2E, and lightly their 90th
 * percentiles, in closed loop. It stays near its start values where the reports leave it free to.
 */
export function referenceOfReports(
  requests: ServingRequests,
  windows: readonly ReplayWindow[],
  settings: EngineSettings,
  context: ServingContext,
): Reference {
  const start = startValues(context);
  const at = (scales: ArrayLike<number>): Reference =>
    referenceAt(start.map((value, i) => value * Math.exp(scales[i]!)));
  const residuals = (scales: Float64Array): readonly number[] => {
    const reference = at(scales);
    const served = serveWindows(requests, windows, settings, reference.stepTime);
    return [
      ...windows.flatMap((window, w) => errorsOf(served[w]!.requests, window, reference.overheadUs)),
      ...Array.from(scales, (scale) => PRIOR * scale),
    ];
  };
  let scales: Float64Array = new Float64Array(start.length);
  for (const difference of DIFFERENCES) scales = descended(residuals, scales, difference);
  return at(scales);
}

/** Levenberg–Marquardt with derivatives by differences. */
function descended(
  residuals: (parameters: Float64Array) => readonly number[],
  start: Float64Array,
  difference: number,
): Float64Array {
  const half = (values: readonly number[]): number => values.reduce((sum, r) => sum + r * r, 0) / 2;
  const problem = {
    size: start.length,
    cost: (scales: Float64Array) => half(residuals(scales)),
    normalEquations: (scales: Float64Array, jtj: Float64Array, jtr: Float64Array) => {
      const here = residuals(scales);
      const slopes = Array.from(scales, (scale, i) => {
        const moved = scales.slice();
        moved[i] = scale + difference;
        return residuals(moved).map((r, k) => (r - here[k]!) / difference);
      });
      for (const [i, slope] of slopes.entries()) {
        jtr[i] = dot(slope, here);
        for (const [j, other] of slopes.entries()) jtj[i * start.length + j] = dot(slope, other);
      }
      return half(here);
    },
  };
  return leastSquares(problem, start, { maxIterations: ITERATIONS, costTolerance: 1e-2 }).parameters;
}

/** Weighted relative errors of the figures of a window. */
function errorsOf(
  { arrivalUs, firstTokenUs, lastTokenUs, outputTokens }: RequestPaths,
  { served, observed, report }: ReplayWindow,
  overheadUs: number,
): readonly number[] {
  const rows = Array.from({ length: observed[1] - observed[0] }, (_, k) => observed[0] - served[0] + k);
  const ttft = rows.map((r) => firstTokenUs[r]! - arrivalUs[r]! + overheadUs);
  const itl = rows.map((r) => (lastTokenUs[r]! - firstTokenUs[r]!) / Math.max(1, outputTokens[r]! - 1));
  const e2e = rows.map((r) => lastTokenUs[r]! - arrivalUs[r]! + overheadUs);
  const { ttftMs, itlMs, e2eMs } = report as ClientReport;
  const error = (us: number, ms: number): number => Math.log(us / 1000 / ms);
  return [
    TTFT_WEIGHT * error(mean(ttft), ttftMs.mean),
    error(mean(itl), itlMs.mean),
    error(mean(e2e), e2eMs.mean),
    P90_WEIGHT * error(quantile(ttft, 0.9), ttftMs.p90),
    P90_WEIGHT * error(quantile(itl, 0.9), itlMs.p90),
    P90_WEIGHT * error(quantile(e2e, 0.9), e2eMs.p90),
  ];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}
