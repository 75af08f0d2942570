import type { NormalSums } from '../../kernel/index.ts';
import type { ConstantInfo, ConstantRole } from '../../program/index.ts';
import type { ConstantBounds } from '../bounds.ts';
import type { PriorTable } from './table.ts';

/** Priors of a model's constants, in the order of its names; NaN where there is none. */
export interface ConstantPriors {
  readonly median: Float64Array;
  readonly sigma: Float64Array;
}

/** No prior of any of so many constants. */
export function noPriors(n: number): ConstantPriors {
  return { median: new Float64Array(n).fill(Number.NaN), sigma: new Float64Array(n).fill(Number.NaN) };
}

/** The value that a constant usually has; undefined where nothing says. */
export function usual({ median }: ConstantPriors, index: number): number | undefined {
  const value = median[index]!;
  return Number.isNaN(value) ? undefined : value;
}

/** What has a log-normal prior is not negative, whatever its role. */
export function positiveWherePrior({ lower, upper }: ConstantBounds, { median }: ConstantPriors): ConstantBounds {
  return { lower: lower.map((bound, i) => (Number.isNaN(median[i]!) ? bound : Math.max(bound, 0))), upper };
}

/** Priors in a loss: what they weigh against the mean loss of a row. */
export interface WeightedPriors {
  readonly priors: ConstantPriors;
  readonly weight: number;
}

/** What the unit alone says enough of. */
const GOES_BY_UNIT: ReadonlySet<ConstantRole> = new Set(['overhead', 'factor', 'rate']);

/** A constant of 0 counts as this share of the median: its logarithm has no value, and a fit rests there often. */
const ZERO = 1e-3;

/**
 * Looks the constants of a model up.
 *
 * @param infos empty where nothing is known of units
 */
export function constantPriors(
  names: readonly string[],
  infos: readonly ConstantInfo[],
  table: PriorTable,
): ConstantPriors {
  const known = new Map(infos.map((info) => [info.name, info]));
  const found = names.map((name) => {
    if (Object.hasOwn(table.constants, name)) return table.constants[name];
    const { unit, role } = known.get(name) ?? {};
    const isFound = unit !== undefined && role !== undefined && GOES_BY_UNIT.has(role);
    return isFound && Object.hasOwn(table.units, unit) ? table.units[unit] : undefined;
  });
  return {
    median: Float64Array.from(found, (prior) => prior?.median ?? Number.NaN),
    sigma: Float64Array.from(found, (prior) => prior?.sigma ?? Number.NaN),
  };
}

/**
 * Adds weight·Σ ½·(ln(c/median)/σ)² over the constants to a loss, with its gradient and curvature.
 *
 * Below the median the curvature is the true one: there the term is convex and flattens upwards, so that no step goes too far. Above
 * it the term bends over; the parabola with the same slope and its bottom at the median bounds it (as in reweighted least squares).
 *
 * @param by the constants that gradient and curvature are by; none where the sums have neither
 */
export function withPrior(
  { cost, jtj, jtr }: NormalSums,
  constants: Float64Array,
  by: readonly number[],
  { priors, weight }: WeightedPriors,
): NormalSums {
  const terms = Array.from(constants, (value, i) => priorTerm(value, priors.median[i]!, priors.sigma[i]!, weight));
  const [a, b] = [jtj.slice(), jtr.slice()];
  for (const [k, i] of by.entries()) {
    b[k]! += terms[i]!.slope;
    a[k * by.length + k]! += terms[i]!.curvature;
  }
  return { cost: terms.reduce((total, term) => total + term.cost, cost), jtj: a, jtr: b };
}

function priorTerm(
  value: number,
  median: number,
  sigma: number,
  weight: number,
): { readonly cost: number; readonly slope: number; readonly curvature: number } {
  if (Number.isNaN(median)) return { cost: 0, slope: 0, curvature: 0 };
  const scale = weight / sigma ** 2;
  const at = Math.max(value, 0) + ZERO * median;
  const middle = median + ZERO * median;
  const log = Math.log(at / middle);
  const curvature = at > middle ? log / (at * (at - middle)) : (1 - log) / at ** 2;
  return { cost: 0.5 * scale * log ** 2, slope: (scale * log) / at, curvature: scale * curvature };
}
