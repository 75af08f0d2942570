import { isRecorded, type StepColumn, type StepColumns } from '../physics/index.ts';
import type { TargetName } from './dataset.ts';

/** Which rows of an experiment have a target, ascending, and its value in µs. */
export interface TargetRows {
  readonly index: Int32Array;
  readonly y: Float64Array;
  /** Rows that were left out because their target is not a positive finite number. */
  readonly dropped: number;
}

/**
 * True step times where the sampling shows them: start to start of two consecutive step ids, both recorded.
 *
 * @param steps ascending by step id.
 * @returns `index`: row of the first step of each pair; `cycleUs`: the time until the next step starts, µs.
 */
export function cyclePairs(steps: StepColumns): { readonly index: Int32Array; readonly cycleUs: Float64Array } {
  const { stepId, startNs } = steps;
  const index: number[] = [];
  const cycleUs: number[] = [];
  for (let row = 0; row + 1 < stepId.length; row++) {
    if (stepId[row + 1] !== stepId[row]! + 1) continue;
    index.push(row);
    cycleUs.push((startNs[row + 1]! - startNs[row]!) / 1000);
  }
  return { index: Int32Array.from(index), cycleUs: Float64Array.from(cycleUs) };
}

const TARGETS: { readonly [T in TargetName]: (steps: StepColumns) => { index: Int32Array; y: Float64Array } } = {
  cycle: (steps) => {
    const { index, cycleUs } = cyclePairs(steps);
    return { index, y: cycleUs };
  },
  duration: (steps) => ({ index: Int32Array.from(steps.durationUs, (_, row) => row), y: steps.durationUs }),
};

/** The column without which a target cannot be told. */
export const TARGET_COLUMNS: { readonly [T in TargetName]: StepColumn } = { cycle: 'startNs', duration: 'durationUs' };

function usable(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

/**
 * The rows that can be fitted for a target. A target that is zero, negative or not finite is left out: relative errors
 * have no meaning on it (a clock that ran backwards, a duration below the clock's resolution).
 */
export function targetRows(steps: StepColumns, target: TargetName): TargetRows {
  if (!isRecorded(steps, TARGET_COLUMNS[target])) return { index: new Int32Array(), y: new Float64Array(), dropped: 0 };
  const { index, y } = TARGETS[target](steps);
  const kept = y.filter(usable);
  return { index: index.filter((_, at) => usable(y[at]!)), y: kept, dropped: y.length - kept.length };
}
