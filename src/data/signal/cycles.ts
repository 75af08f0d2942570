import { groupBy } from '../../base/index.ts';
import type { StepColumns } from '../../physics/index.ts';

/** Cycles that the sampling shows, ascending by `index`. */
export interface Cycles {
  /** Row whose batch explains the cycle. */
  readonly index: Int32Array;
  /** Row of the step that the cycle begins with; `index` itself unless batches are explained with a lag. */
  readonly first: Int32Array;
  /** Row of the step that the cycle ends with. */
  readonly next: Int32Array;
  /** Start to start, µs. */
  readonly cycleUs: Float64Array;
}

/**
 * True step times where the sampling shows them: start to start of two steps of one engine without another between them, both
 * recorded.
 *
 * @param engines of each row; absent for one engine.
 * @param lag 1 where the batch of the step before explains a cycle: that step must be recorded too.
 */
export function cyclePairs(steps: StepColumns, engines?: Float64Array, lag: 0 | 1 = 0): Cycles {
  const { stepId, startNs } = steps;
  const found: { readonly index: number; readonly first: number; readonly next: number }[] = [];
  const { traces, stride } = engineRows(stepId, engines);
  for (const rows of traces) {
    const follows = (at: number): boolean => stepId[rows[at + 1]!] === stepId[rows[at]!]! + stride;
    for (let at = lag; at + 1 < rows.length; at++) {
      if (!follows(at) || (lag === 1 && !follows(at - 1))) continue;
      found.push({ index: rows[at - lag]!, first: rows[at]!, next: rows[at + 1]! });
    }
  }
  if (traces.length > 1) found.sort((a, b) => a.index - b.index);
  return {
    index: Int32Array.from(found, ({ index }) => index),
    first: Int32Array.from(found, ({ first }) => first),
    next: Int32Array.from(found, ({ next }) => next),
    cycleUs: Float64Array.from(found, ({ first, next }) => (startNs[next]! - startNs[first]!) / 1000),
  };
}

/** Rows of each engine, ascending by step id, and how far apart ids of neighbouring steps of one engine are. */
export function engineRows(
  stepId: Float64Array,
  engines?: Float64Array,
): { readonly traces: readonly Int32Array[]; readonly stride: number } {
  const all = Int32Array.from(stepId, (_, row) => row);
  if (engines === undefined) return { traces: [all], stride: 1 };
  const traces = [...groupBy(all, (row) => engines[row]!)]
    .sort(([a], [b]) => a - b)
    .map(([, rows]) => Int32Array.from(rows).sort((a, b) => stepId[a]! - stepId[b]!));
  return { traces, stride: commonStride(stepId, traces) };
}

/** Ranks that take turns with one counter of steps have ids of one remainder each. */
function commonStride(stepId: Float64Array, traces: readonly Int32Array[]): number {
  const stride = traces.reduce(
    (divisor, rows) => rows.reduce((d, row) => greatestCommonDivisor(d, stepId[row]! - stepId[rows[0]!]!), divisor),
    0,
  );
  const remainders = new Set(traces.map((rows) => stepId[rows[0]!]! % stride));
  return remainders.size === traces.length ? stride : 1;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Share of the steps between the first and the last one of each engine that were recorded. */
export function recordedShare(stepId: Float64Array, engines?: Float64Array): number {
  const { traces, stride } = engineRows(stepId, engines);
  const taken = traces.reduce((sum, rows) => sum + (stepId[rows.at(-1)!]! - stepId[rows[0]!]!) / stride + 1, 0);
  return stepId.length / taken;
}

/** How often start times fall while the ids of an engine ascend: its clock was set back. */
export function clockSteps({ stepId, startNs }: StepColumns, engines?: Float64Array): number {
  return engineRows(stepId, engines).traces.reduce(
    (count, rows) => count + rows.filter((row, at) => at > 0 && startNs[row]! < startNs[rows[at - 1]!]!).length,
    0,
  );
}
