import { boundedQuadratic } from '../../numeric/index.ts';
import type { LabelledRows } from '../rows.ts';
import { type BlisSums, sumsOfRows } from './batch.ts';
import { type BlisModel, blisModel } from './model.ts';
import { boundedBy, ROOFLINE_SHARES, type RooflineShares, rooflineTimes } from './roofline.ts';
import { TRAINED_PHYSICS_BETA, TRAINED_PHYSICS_TERMS, trainedPhysicsTerms } from './trained-physics.ts';

/** A batch with its measured time, µs. */
export interface TimedBatch {
  readonly model: BlisModel;
  readonly sums: BlisSums;
  readonly us: number;
  /** Relative to others. */
  readonly weight: number;
}

/** The rows of some experiments that have a time, each experiment of equal weight. */
export function timedBatches(parts: readonly LabelledRows[]): readonly TimedBatch[] {
  return parts.flatMap((part) => {
    const model = blisModel(part.context);
    if (model === undefined) return [];
    const own = sumsOfRows(part).flatMap((sums, row) => {
      const us = part.y[row]!;
      const isWhole = Object.values(sums).every((value) => Number.isFinite(value));
      return us > 0 && isWhole && sums.requests > 0 ? [{ model, sums, us }] : [];
    });
    return own.map((each) => ({ ...each, weight: 1 / own.length }));
  });
}

/** How firmly a coefficient is held at its shipped value, against the relative errors of one experiment. */
const PRIOR = 1e-4;

/**
 * Coefficients of trained-physics by least squares on relative errors, none negative. What the data does not tell apart stays near the
 * shipped values: weights, layers and step are one constant where there is one model.
 */
export function fitTrainedPhysics(batches: readonly TimedBatch[]): readonly number[] {
  const n = TRAINED_PHYSICS_TERMS.length;
  const scales = TRAINED_PHYSICS_BETA.map((value) => (value === 0 ? 1 : value));
  const a = new Float64Array(n * n);
  const b = new Float64Array(n);
  // In shares of the shipped values, from which it starts.
  for (const { model, sums, us, weight } of batches) {
    const terms = trainedPhysicsTerms(model, sums).map((term, i) => (term * scales[i]!) / us);
    const residual = terms.reduce((sum, term, i) => sum + (term * TRAINED_PHYSICS_BETA[i]!) / scales[i]!, 0) - 1;
    for (let i = 0; i < n; i++) {
      b[i]! += weight * terms[i]! * residual;
      for (let j = 0; j < n; j++) a[i * n + j]! += weight * terms[i]! * terms[j]!;
    }
  }
  for (let i = 0; i < n; i++) a[i * n + i]! += PRIOR;
  const lower = Float64Array.from(TRAINED_PHYSICS_BETA, (value, i) => -value / scales[i]!);
  const shift = boundedQuadratic(a, b, n, lower, new Float64Array(n).fill(Number.MAX_VALUE));
  return TRAINED_PHYSICS_BETA.map((value, i) => Math.max(0, value + scales[i]! * shift[i]!));
}

/** Steps of the search for shares of the peak, on a logarithmic grid from 0.01 to 1 that is refined around its best. */
const GRID = 24;
const ROUNDS = 4;

/**
 * Shares of the peak by least absolute deviations in time: the formula has no overhead, and relative errors of small batches would let
 * shares stand for it, at the cost of the large ones. A share that no batch depends on keeps its shipped value.
 */
export function fitRoofline(batches: readonly TimedBatch[]): RooflineShares {
  const times = batches.map(({ model, sums, us, weight }) => ({ times: rooflineTimes(model, sums), us, weight }));
  const cost = (shares: RooflineShares): number =>
    times.reduce((sum, each) => sum + each.weight * Math.abs(boundedBy(each.times, shares) - each.us), 0);
  let best = { shares: ROOFLINE_SHARES, cost: cost(ROOFLINE_SHARES) };
  let [low, high] = [
    { prefill: 0.01, decode: 0.01 },
    { prefill: 1, decode: 1 },
  ];
  for (let round = 0; round < ROUNDS; round++) {
    const points = (name: keyof RooflineShares): readonly number[] =>
      Array.from({ length: GRID + 1 }, (_, k) => low[name] * Math.pow(high[name] / low[name], k / GRID));
    for (const prefill of points('prefill')) {
      for (const decode of points('decode')) {
        const own = cost({ prefill, decode });
        if (own < best.cost * (1 - 1e-12)) best = { shares: { prefill, decode }, cost: own };
      }
    }
    const around = (name: keyof RooflineShares, sign: number): number =>
      Math.min(1, Math.max(0.01, best.shares[name] * Math.pow(high[name] / low[name], (2 * sign) / GRID)));
    [low, high] = [
      { prefill: around('prefill', -1), decode: around('decode', -1) },
      { prefill: around('prefill', 1), decode: around('decode', 1) },
    ];
  }
  return best.shares;
}
