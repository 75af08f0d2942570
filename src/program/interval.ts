/**
 * Sound interval arithmetic on doubles. Addition, multiplication, division and square root round monotonically, so their
 * endpoints need no widening; library functions may be off by some units in the last place and are widened by a factor.
 */
export interface Interval {
  /** Smallest possible value; +Infinity with `hi` −Infinity where NaN is the only possible value. */
  readonly lo: number;
  readonly hi: number;
  readonly mayBeNaN: boolean;
}

export function interval(lo: number, hi: number, mayBeNaN = false): Interval {
  return { lo, hi, mayBeNaN };
}

/** Every double and NaN. */
export const EVERYTHING: Interval = interval(-Infinity, Infinity, true);
/** NaN and nothing else. */
export const NOTHING: Interval = interval(Infinity, -Infinity, true);
export const TRUE: Interval = interval(1, 1);
export const FALSE: Interval = interval(0, 0);
export const EITHER: Interval = interval(0, 1);

export function isEmpty(a: Interval): boolean {
  return !(a.lo <= a.hi);
}
export function contains(a: Interval, value: number): boolean {
  return Number.isNaN(value) ? a.mayBeNaN : a.lo <= value && value <= a.hi;
}
function reachesInfinity(a: Interval): boolean {
  return a.lo === -Infinity || a.hi === Infinity;
}

export function hull(a: Interval, b: Interval): Interval {
  return interval(Math.min(a.lo, b.lo), Math.max(a.hi, b.hi), a.mayBeNaN || b.mayBeNaN);
}

/** Smallest interval around the candidates; candidates that are NaN (∞ − ∞, 0 · ∞) are left out. */
function around(candidates: readonly number[], mayBeNaN: boolean): Interval {
  let lo = Infinity;
  let hi = -Infinity;
  for (const value of candidates) {
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return interval(lo, hi, mayBeNaN || lo > hi);
}

/** Ten or more units in the last place: more than any of the library functions is known to be off. */
const SLACK = 4e-15;
function below(value: number): number {
  return Number.isFinite(value) ? value - Math.abs(value) * SLACK : value;
}
function above(value: number): number {
  return Number.isFinite(value) ? value + Math.abs(value) * SLACK : value;
}
function widen(a: Interval): Interval {
  return interval(below(a.lo), above(a.hi), a.mayBeNaN);
}

export function addIntervals(a: Interval, b: Interval): Interval {
  if (isEmpty(a) || isEmpty(b)) return NOTHING;
  const lo = a.lo + b.lo;
  const hi = a.hi + b.hi;
  const clash = (a.lo === -Infinity && b.hi === Infinity) || (a.hi === Infinity && b.lo === -Infinity);
  return interval(
    Number.isNaN(lo) ? -Infinity : lo,
    Number.isNaN(hi) ? Infinity : hi,
    a.mayBeNaN || b.mayBeNaN || clash,
  );
}

export function negateInterval(a: Interval): Interval {
  return interval(-a.hi, -a.lo, a.mayBeNaN);
}

/** At an endpoint 0 · ∞ stands for 0 · (something large): the NaN of ∞ itself is tracked apart. */
function product(x: number, y: number): number {
  return x === 0 || y === 0 ? 0 : x * y;
}

export function multiplyIntervals(a: Interval, b: Interval): Interval {
  if (isEmpty(a) || isEmpty(b)) return NOTHING;
  const clash = (contains(a, 0) && reachesInfinity(b)) || (contains(b, 0) && reachesInfinity(a));
  return around(
    [product(a.lo, b.lo), product(a.lo, b.hi), product(a.hi, b.lo), product(a.hi, b.hi)],
    a.mayBeNaN || b.mayBeNaN || clash,
  );
}

export function divideIntervals(a: Interval, b: Interval): Interval {
  if (isEmpty(a) || isEmpty(b)) return NOTHING;
  const nan =
    a.mayBeNaN || b.mayBeNaN || (contains(a, 0) && contains(b, 0)) || (reachesInfinity(a) && reachesInfinity(b));
  // A zero of either sign may be inside, so both infinities are possible.
  if (contains(b, 0)) return interval(-Infinity, Infinity, nan);
  return around([a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi], nan);
}

/** A function that does not decrease on [least, ∞) and is NaN below `least`. */
export function increasing(
  f: (x: number) => number,
  least: number = -Infinity,
  exact: boolean = false,
): (args: readonly Interval[]) => Interval {
  return (args) => {
    const a = args[0] ?? NOTHING;
    if (isEmpty(a) || a.hi < least) return NOTHING;
    const result = interval(f(Math.max(a.lo, least)), f(a.hi), a.mayBeNaN || a.lo < least);
    return exact ? result : widen(result);
  };
}

export function absInterval(a: Interval): Interval {
  if (isEmpty(a)) return NOTHING;
  const hi = Math.max(Math.abs(a.lo), Math.abs(a.hi));
  return interval(contains(a, 0) ? 0 : Math.min(Math.abs(a.lo), Math.abs(a.hi)), hi, a.mayBeNaN);
}

export function hypotIntervals(args: readonly Interval[]): Interval {
  // hypot(∞, NaN) is ∞.
  if (args.some(isEmpty)) return args.some(reachesInfinity) ? interval(Infinity, Infinity, true) : NOTHING;
  const sides = args.map(absInterval);
  return widen(
    interval(
      Math.hypot(...sides.map((side) => side.lo)),
      Math.hypot(...sides.map((side) => side.hi)),
      args.some((a) => a.mayBeNaN),
    ),
  );
}

export function powIntervals(x: Interval, y: Interval): Interval {
  // pow(NaN, 0) is 1.
  if (isEmpty(x) && contains(y, 0)) return interval(1, 1, true);
  if (isEmpty(x) || isEmpty(y)) return NOTHING;
  const unitToInfinity = (contains(x, 1) || contains(x, -1)) && reachesInfinity(y);
  const nan = x.mayBeNaN || y.mayBeNaN || unitToInfinity;
  const size = absInterval(x);
  // y·ln x is bilinear, so the extremes over a positive base lie at the corners.
  const corners = [size.lo ** y.lo, size.lo ** y.hi, size.hi ** y.lo, size.hi ** y.hi, ...(contains(y, 0) ? [1] : [])];
  const magnitude = widen(around(corners, nan));
  const integer = y.lo === y.hi && Number.isInteger(y.lo);
  if (contains(x, 0) && y.lo < 0) {
    // An odd power of −0 is −∞.
    const even = integer && y.lo % 2 === 0;
    return interval(even ? magnitude.lo : -Infinity, Infinity, nan || (x.lo < 0 && !integer));
  }
  if (x.lo >= 0) return magnitude;
  if (!integer && y.lo === y.hi && Number.isFinite(y.lo)) {
    const limit = y.lo > 0 ? Infinity : 0;
    // A root of a negative number is NaN, except that −∞ counts as ∞.
    const ofInfinity = x.lo === -Infinity ? interval(limit, limit, true) : NOTHING;
    return x.hi < 0 ? ofInfinity : hull(ofInfinity, interval(0, magnitude.hi, true));
  }
  if (integer && y.lo % 2 === 0) return magnitude;
  const mirrored = interval(-magnitude.hi, magnitude.hi, nan || !integer);
  if (!integer) return mirrored;
  return widen(around([x.lo ** y.lo, x.hi ** y.lo], nan));
}
