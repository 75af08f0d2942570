import type { StepColumns } from '../../physics/index.ts';
import { splitRanges } from '../split.ts';
import { cycleLine, neighbours, type SizedCycles } from './cycle-line.ts';

/**
 * A duration that is off by more than this factor, either way, from what its batch explains is a broken reading. The durations of
 * the two real experiments scatter widely and stay within 11.
 */
const FACTOR = 20;

/**
 * Durations that cannot be of their batch: further off than a factor both from a robust line in its tokens and from what batches of
 * like size took. What is usual is learnt from rows of the same split and earlier ones.
 *
 * @returns 1 for each such row, else 0.
 */
export function wildDurations(steps: StepColumns): Uint8Array {
  const rows = Int32Array.from(steps.stepId, (_, row) => row);
  const sized: SizedCycles = {
    decodeTokens: Float64Array.from(rows, (row) => steps.decodeTokens[row]! || 0),
    prefillTokens: Float64Array.from(rows, (row) => steps.prefillTokens[row]! || 0),
    cycleUs: steps.durationUs,
  };
  const wild = new Uint8Array(rows.length);
  for (const [start, end] of Object.values(splitRanges(rows.length))) {
    const known = rows.subarray(0, end).filter((row) => steps.durationUs[row]! > 0);
    const line = cycleLine(sized, known);
    if (line === undefined) continue;
    const like = neighbours(sized, known);
    const isFar = (us: number, usualUs: number): boolean => us > FACTOR * usualUs || us * FACTOR < usualUs;
    for (let row = start; row < end; row++) {
      const us = steps.durationUs[row]!;
      if (!isFar(us, line.at(sized.decodeTokens[row]!, sized.prefillTokens[row]!))) continue;
      if (isFar(us, like.usualUs(row))) wild[row] = 1;
    }
  }
  return wild;
}
