import { minimizeBatched, type Random } from '../numeric/index.ts';
import { type Fit, type RowSetFitter, jitter } from './row-set-fitter.ts';
import { ROUGH } from './linear-fit.ts';
import { quantileOf, type Threshold, thresholdAt } from './thresholds.ts';

/** Quantiles tried for one threshold, for each of two, and for each of more in turn. */
const GRID = { one: 40, two: 16, more: 12 } as const;
const SWEEPS = 2;
/** Start deviation of CMA-ES: share of a constant's size, and of the quantiles of a threshold. */
const SIGMA = 0.5;
const SIGMA_QUANTILE = 0.2;
/** Fits whose losses are this near, relatively, found the same valley. */
const SAME_VALLEY = 0.02;

/** Losses of exact fits differ by rounding alone: below this, relative residuals of 1e-12, none is better than another. */
const EXACT = 1e-24;

/** Ranks fits by loss; the first stays first among equals. */
export function ranked(fits: readonly Fit[]): readonly Fit[] {
  return [...fits].sort((a, b) => Number(isBetter(b, a)) - Number(isBetter(a, b)));
}

/** Whether a fit has a lower loss than another. */
export function isBetter(a: Pick<Fit, 'cost'>, b: Pick<Fit, 'cost'>): boolean {
  return Math.max(a.cost, EXACT) < Math.max(b.cost, EXACT);
}

/** Whether the best fit stands alone: no other start came to the same loss. */
export function disagree(fits: readonly Fit[]): boolean {
  const [best, second] = ranked(fits);
  return best !== undefined && second !== undefined && second.cost > best.cost * (1 + SAME_VALLEY);
}

/** Levenberg–Marquardt from the given start and from jittered ones, the linear constants solved first. */
export function multiStart(
  fitter: RowSetFitter,
  start: Float64Array,
  jitteredStarts: number,
  maxIterations: number,
  random: Random,
): readonly Fit[] {
  const starts = [start];
  for (let i = 0; i < jitteredStarts; i++) starts.push(jitter(start, fitter.model.nonlinear, random.split('start', i)));
  return fitter.projectAll(starts, ROUGH).map(({ constants }) => fitter.descend(constants, maxIterations, 1e-4));
}

/**
 * Tries thresholds at quantiles of their tipping points, the linear constants solved for each: all combinations of one or
 * two thresholds; one after the other, several times over, where there are more.
 *
 * @returns the best few, best first
 */
export function gridSearch(
  fitter: RowSetFitter,
  thresholds: readonly Threshold[],
  start: Float64Array,
  keep: number,
): readonly Fit[] {
  const [first, second, ...others] = thresholds;
  if (first === undefined) return [fitter.project(start, ROUGH)];
  if (others.length > 0 && second !== undefined) return sweep(fitter, thresholds, start).slice(0, keep);
  const at = (chosen: readonly (readonly [Threshold, number])[]): Float64Array => {
    const constants = start.slice();
    for (const [threshold, value] of chosen) constants[threshold.index] = value;
    return constants;
  };
  const points =
    second === undefined
      ? gridOf(first, GRID.one).map((value) => at([[first, value]]))
      : gridOf(first, GRID.two).flatMap((a) =>
          gridOf(second, GRID.two).map((b) =>
            at([
              [first, a],
              [second, b],
            ]),
          ),
        );
  return ranked(fitter.projectAll(points, ROUGH)).slice(0, keep);
}

function sweep(fitter: RowSetFitter, thresholds: readonly Threshold[], start: Float64Array): readonly Fit[] {
  const spread = start.slice();
  for (const [k, threshold] of thresholds.entries()) {
    spread[threshold.index] = thresholdAt(threshold, (k + 1) / (thresholds.length + 1));
  }
  return ranked(
    [start, spread].map((from) => {
      let best = fitter.project(from, ROUGH);
      for (let round = 0; round < SWEEPS; round++) {
        for (const threshold of thresholds) {
          for (const value of gridOf(threshold, GRID.more)) best = tryThreshold(fitter, best, threshold, value);
        }
      }
      return best;
    }),
  );
}

/** Moves each threshold by ever smaller steps of quantile while that lowers the loss. */
export function refineThresholds(
  fitter: RowSetFitter,
  thresholds: readonly Threshold[],
  start: Fit,
  step: number,
): Fit {
  let best = start;
  for (let width = step; width > step / 20; width /= 2) {
    for (const threshold of thresholds) {
      const u = quantileOf(threshold, best.constants[threshold.index] as number);
      for (const to of [u - width, u + width]) {
        if (to >= 0 && to <= 1) best = tryThreshold(fitter, best, threshold, thresholdAt(threshold, to));
      }
    }
  }
  return best;
}

/** Distance of neighbouring grid points of so many thresholds, in quantiles. */
export function gridStep(thresholds: number): number {
  if (thresholds <= 1) return 1 / GRID.one;
  return 1 / (thresholds === 2 ? GRID.two : GRID.more);
}

function tryThreshold(fitter: RowSetFitter, best: Fit, threshold: Threshold, value: number): Fit {
  if (best.constants[threshold.index] === value) return best;
  const constants = best.constants.slice();
  constants[threshold.index] = value;
  const fit = fitter.project(constants, ROUGH);
  return isBetter(fit, best) ? fit : best;
}

function gridOf(threshold: Threshold, count: number): readonly number[] {
  const values = Array.from({ length: count }, (_, k) => thresholdAt(threshold, (k + 0.5) / count));
  return [...new Set(values)];
}

/**
 * CMA-ES over the non-linear constants, the linear ones solved for each point. Coordinates are normalised: constants in units
 * of their own size, thresholds in quantiles of their tipping points.
 */
export function searchNonlinear(
  fitter: RowSetFitter,
  thresholds: readonly Threshold[],
  from: Fit,
  maxEvaluations: number,
  random: Random,
): Fit {
  const { nonlinear } = fitter.model;
  const byIndex = new Map(thresholds.map((threshold) => [threshold.index, threshold]));
  const decode = nonlinear.map((index): ((z: number) => number) => {
    const center = from.constants[index] as number;
    const threshold = byIndex.get(index);
    if (threshold === undefined) return (z) => center + z * (center === 0 ? 1 : Math.abs(center));
    const u = quantileOf(threshold, center);
    return (z) => thresholdAt(threshold, u + (z / SIGMA) * SIGMA_QUANTILE);
  });
  let best = from;
  minimizeBatched(
    (population) => {
      const points = population.map((z) => {
        const constants = from.constants.slice();
        for (const [k, index] of nonlinear.entries())
          constants[index] = (decode[k] as (z: number) => number)(z[k] as number);
        return constants;
      });
      return fitter.projectAll(points, ROUGH).map((fit) => {
        if (fit.cost < best.cost) best = fit;
        return fit.cost;
      });
    },
    { mean: new Float64Array(nonlinear.length), sigma: SIGMA, random, maxEvaluations, tolFun: 1e-6, tolX: 1e-4 },
  );
  return best;
}
