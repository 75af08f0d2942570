import { solveSymmetric } from './symmetric.ts';

/** A slope along which the objective falls by less than this share of what its parts add up to is rounding. */
const SLOPE_TOLERANCE = 1e-11;

/**
 * Minimises ½·xᵀ·A·x + bᵀ·x inside bounds, for a symmetric positive semi-definite A (row-major, n×n), such as a step of bounded
 * linear least squares. Starts at 0, which must lie inside the bounds; directions that A leaves open are not moved along.
 *
 * An active set: the variables that no bound holds are solved for at once; the step is cut where the first of them meets a
 * bound, which then holds it; where nothing is cut, the variable is freed whose bound costs most.
 *
 * Sources: Lawson and Hanson, "Solving least squares problems", 1974, chapter 23; Stark and Parker, "Bounded-variable least-squares:
 * an algorithm and applications", 1995.
 */
export function boundedQuadratic(
  a: Float64Array,
  b: Float64Array,
  n: number,
  lower: Float64Array,
  upper: Float64Array,
): Float64Array {
  const x = new Float64Array(n);
  const isFree = Array.from(x, (_, i) => lower[i]! < upper[i]!);
  // Freed, and held again before anything moved: rounding would free it for ever.
  const isStuck = Array.from(x, () => false);
  for (let round = 0; round < 10 * (n + 1); round++) {
    const step = freeStep(a, slopes(a, b, x, n), n, isFree);
    const share = shareInside(x, step, lower, upper, isFree);
    for (let i = 0; i < n; i++) {
      if (isFree[i] !== true) continue;
      const to = x[i]! + share * step[i]!;
      const bound = share < 1 ? boundMet(x[i]!, step[i]!, lower[i]!, upper[i]!, share) : undefined;
      if (bound !== undefined) isFree[i] = false;
      x[i] = bound ?? Math.min(Math.max(to, lower[i]!), upper[i]!);
    }
    if (share > 0) isStuck.fill(false);
    if (share < 1) continue;
    const freed = mostCostly(a, b, x, n, lower, upper, isFree, isStuck);
    if (freed === undefined) return x;
    isFree[freed] = true;
    isStuck[freed] = true;
  }
  return x;
}

function slopes(a: Float64Array, b: Float64Array, x: Float64Array, n: number): Float64Array {
  const all = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let slope = b[i]!;
    for (let j = 0; j < n; j++) slope += a[i * n + j]! * x[j]!;
    all[i] = slope;
  }
  return all;
}

/** The step to where the slopes of all free variables vanish; 0 for the others. */
function freeStep(a: Float64Array, slope: Float64Array, n: number, isFree: readonly boolean[]): Float64Array {
  const free: number[] = [];
  for (let i = 0; i < n; i++) if (isFree[i] === true) free.push(i);
  const m = free.length;
  const part = new Float64Array(m * m);
  const downhill = new Float64Array(m);
  for (let row = 0; row < m; row++) {
    const i = free[row]!;
    downhill[row] = -slope[i]!;
    for (let column = 0; column < m; column++) part[row * m + column] = a[i * n + free[column]!]!;
  }
  const solved = solveSymmetric(part, downhill, m).x;
  const step = new Float64Array(n);
  for (let row = 0; row < m; row++) step[free[row]!] = solved[row]!;
  return step;
}

/** The share of a step that can be gone before a bound is met; 1 where none is. */
function shareInside(
  x: Float64Array,
  step: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  isFree: readonly boolean[],
): number {
  let share = 1;
  for (let i = 0; i < x.length; i++) {
    const to = x[i]! + step[i]!;
    if (isFree[i] !== true || (to >= lower[i]! && to <= upper[i]!)) continue;
    share = Math.min(share, ((step[i]! < 0 ? lower[i]! : upper[i]!) - x[i]!) / step[i]!);
  }
  return share;
}

/** The bound that a variable meets on a step of which so much is gone. */
function boundMet(from: number, step: number, low: number, high: number, share: number): number | undefined {
  const bound = step < 0 ? low : high;
  return step !== 0 && (bound - from) / step <= share ? bound : undefined;
}

/** The held variable whose bound costs most, by the decrease that it alone could bring; undefined where none costs anything. */
function mostCostly(
  a: Float64Array,
  b: Float64Array,
  x: Float64Array,
  n: number,
  lower: Float64Array,
  upper: Float64Array,
  isFree: readonly boolean[],
  isStuck: readonly boolean[],
): number | undefined {
  const slope = slopes(a, b, x, n);
  let best: number | undefined;
  let most = 0;
  for (let i = 0; i < n; i++) {
    if (isFree[i] === true || isStuck[i] === true || !(lower[i]! < upper[i]!)) continue;
    const inwards = x[i]! <= lower[i]! ? -slope[i]! : slope[i]!;
    let size = Math.abs(b[i]!);
    for (let j = 0; j < n; j++) size += Math.abs(a[i * n + j]! * x[j]!);
    if (!(inwards > SLOPE_TOLERANCE * size)) continue;
    const curvature = a[i * n + i]!;
    const decrease = curvature > 0 ? inwards ** 2 / curvature : Number.POSITIVE_INFINITY;
    if (decrease > most) [best, most] = [i, decrease];
  }
  return best;
}
