import { quantile } from '../../numeric/index.ts';
import { readLog, type Run } from '../../run/index.ts';
import { type EventReader, ignore } from '../../search/index.ts';

/**
 * The best error that a run had after some evaluations; accepted and rejected evaluations both count, seeds included. The refit
 * of the front at the end is left out: it comes once, however long the run was.
 */
export interface ConvergencePoint {
  /** 0: the seed programs. */
  readonly generation: number;
  /** Programs evaluated so far. */
  readonly evaluations: number;
  /** Lowest error on training rows so far, percent; null before the first. */
  readonly bestError: number | null;
}

/** Rejections that cost no evaluation. */
const FREE = new Set(['duplicate', 'invalid', 'no-proposal']);

interface Course {
  readonly points: readonly ConvergencePoint[];
  readonly evaluations: number;
  readonly bestError: number | null;
}

const CONVERGENCE: EventReader<Course> = {
  called: ignore,
  proposed: ignore,
  rejected: (course, { reason }) => (FREE.has(reason) ? course : { ...course, evaluations: course.evaluations + 1 }),
  evaluated: ({ points, evaluations, bestError }, { evaluation }) => ({
    points,
    evaluations: evaluations + 1,
    bestError: Math.min(bestError ?? Number.POSITIVE_INFINITY, evaluation.error),
  }),
  inserted: ignore,
  refitted: ignore,
  'closed-loop': ignore,
  coverage: ignore,
  migrated: ignore,
  frontier: ignore,
  validation: ignore,
  generation: ({ points, evaluations, bestError }, { generation }) => ({
    points: [...points, { generation, evaluations, bestError }],
    evaluations,
    bestError,
  }),
};

/** A run's convergence, a point for each generation, from its log. */
export function convergence(run: Run): readonly ConvergencePoint[] {
  return readLog(run, CONVERGENCE, { points: [], evaluations: 0, bestError: null }).points;
}

/** Median and quartiles over runs; null where no run has the value. */
export interface Spread {
  /** In the unit of the value. */
  readonly median: number | null;
  /** Lower quartile. */
  readonly q1: number | null;
  /** Upper quartile. */
  readonly q3: number | null;
  /** Interquartile range, q3 − q1. */
  readonly iqr: number | null;
  /** Runs that have the value. */
  readonly runs: number;
}

/** The spread of some values; values that are no number are left out. */
export function spreadOf(values: readonly number[]): Spread {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length === 0) return { median: null, q1: null, q3: null, iqr: null, runs: 0 };
  const [q1, median, q3] = [0.25, 0.5, 0.75].map((q) => quantile(finite, q)) as [number, number, number];
  return { median, q1, q3, iqr: q3 - q1, runs: finite.length };
}

/** The spread of the best error of several runs after equal numbers of evaluations. */
export interface CurvePoint {
  /** Programs evaluated in each run. */
  readonly evaluations: number;
  /** Percent. */
  readonly bestError: Spread;
}

const CURVE_POINTS = 10;

/** Several runs on one axis: ten equal steps up to a number of evaluations. */
export function meanCurve(
  curves: readonly (readonly ConvergencePoint[])[],
  evaluationsInAll: number,
): readonly CurvePoint[] {
  const marks = Array.from({ length: CURVE_POINTS }, (_, i) => Math.round((evaluationsInAll * (i + 1)) / CURVE_POINTS));
  return [...new Set(marks)].map((evaluations) => ({
    evaluations,
    bestError: spreadOf(curves.map((curve) => errorAfter(curve, evaluations))),
  }));
}

/** The best error of the last generation that ended within a number of evaluations. */
export function errorAfter(curve: readonly ConvergencePoint[], evaluations: number): number {
  const reached = curve.findLast((point) => point.evaluations <= evaluations);
  return reached?.bestError ?? Number.NaN;
}
