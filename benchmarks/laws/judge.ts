import { mean } from '../../src/numeric/index.ts';

/** How near predictions come to a law. */
export interface Verdict {
  /** Share of the variance of the law's values on the test rows that is explained; −∞ where a prediction is not a number. */
  readonly r2: number;
  /** The law itself, or it times or plus a constant, on the test rows and on wider ones. */
  readonly isExact: boolean;
}

/** Predictions beside what the law says. */
export interface Judged {
  readonly predicted: Float64Array;
  readonly y: Float64Array;
}

/** An explained share above it counts as found. */
export const HIT_R2 = 0.999;

/** Deviations below this share of the law's range are what fits of single precision leave. */
const ROUNDING = 1e-5;

/** Judges predictions on test rows, and on rows beyond them by which an approximation gives itself away. */
export function judge(test: Judged, wide: Judged): Verdict {
  return { r2: explained(test), isExact: [test, wide].every(isConstantlyOff) };
}

function explained({ predicted, y }: Judged): number {
  const level = mean(y);
  let [left, all] = [0, 0];
  for (const [row, value] of y.entries()) {
    const residual = value - predicted[row]!;
    left += residual * residual;
    all += (value - level) * (value - level);
  }
  return Number.isFinite(left) ? 1 - left / all : Number.NEGATIVE_INFINITY;
}

function isConstantlyOff({ predicted, y }: Judged): boolean {
  const difference = spread(y.map((value, row) => predicted[row]! - value));
  const ratio = spread(y.map((value, row) => predicted[row]! / value));
  return difference <= ROUNDING * spread(y) || ratio <= ROUNDING;
}

/** The greatest less the least value; not a number where one of them is none. */
function spread(values: Float64Array): number {
  return Math.max(...values) - Math.min(...values);
}
