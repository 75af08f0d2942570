import type { Model } from '../kernel/index.ts';
import type { ConstantInfo, ConstantRole } from '../program/index.ts';
import type { Threshold } from './thresholds.ts';

/** Between which values a fit keeps constants, in the order of a model's names; infinite where nothing bounds one. */
export interface ConstantBounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A threshold may leave its tipping points by this share of their width: beyond them it no longer acts on any row. */
const BEYOND = 0.1;

/**
 * What cannot be negative. A server does no work in negative time, whatever sign a program gives the term: in `a - b * x` both are at
 * least 0.
 */
const IS_POSITIVE: { readonly [R in ConstantRole]: boolean } = {
  overhead: true,
  factor: true,
  rate: true,
  threshold: false,
  exponent: false,
  other: false,
};

/** The bounds that roles alone give, in the order of `infos`. */
function roleBounds(infos: readonly ConstantInfo[]): ConstantBounds {
  return {
    lower: Float64Array.from(infos, ({ role }) => (IS_POSITIVE[role] ? 0 : Number.NEGATIVE_INFINITY)),
    upper: new Float64Array(infos.length).fill(Number.POSITIVE_INFINITY),
  };
}

/**
 * Bounds of a model's constants: overheads, factors and rates are at least 0, thresholds and knees stay inside or near the rows that they
 * were found on. Exponents, and constants of which nothing is known, are free.
 *
 * @param infos empty where nothing is known of units
 */
export function constantBounds(
  model: Pick<Model, 'names'>,
  infos: readonly ConstantInfo[],
  thresholds: readonly Threshold[],
): ConstantBounds {
  const known = new Map(infos.map((info) => [info.name, info]));
  const bounds = roleBounds(
    model.names.map((name) => known.get(name) ?? { name, unit: undefined, role: 'other' as const }),
  );
  for (const { index, tippingPoints } of thresholds) {
    const { unit, role = 'other' } = known.get(model.names[index] ?? '') ?? {};
    // Of a table without units nothing is bounded; and an amount may bend beyond the rows.
    if (unit === undefined || IS_POSITIVE[role]) continue;
    const [low, high] = [tippingPoints[0] as number, tippingPoints.at(-1) as number];
    const margin = BEYOND * (high > low ? high - low : Math.abs(high));
    bounds.lower[index] = low - margin;
    bounds.upper[index] = high + margin;
  }
  return bounds;
}

/** The point inside the bounds that is nearest to a vector of constants; the vector itself where it is inside. */
export function clipped(constants: Float64Array, { lower, upper }: ConstantBounds): Float64Array {
  const isInside = constants.every((value, i) => !(value < lower[i]!) && !(value > upper[i]!));
  return isInside ? constants : constants.map((value, i) => Math.min(Math.max(value, lower[i]!), upper[i]!));
}

/** The same for some constants of a vector. */
export function boundsOf({ lower, upper }: ConstantBounds, indices: readonly number[]): ConstantBounds {
  return {
    lower: Float64Array.from(indices, (i) => lower[i]!),
    upper: Float64Array.from(indices, (i) => upper[i]!),
  };
}

/** No bounds on so many constants. */
export function unbounded(n: number): ConstantBounds {
  return {
    lower: new Float64Array(n).fill(Number.NEGATIVE_INFINITY),
    upper: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
  };
}
