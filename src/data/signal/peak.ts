import { computeFeatures, type ServingContext, type StepColumns } from '../../physics/index.ts';
import type { Cycles } from './cycles.ts';

/** Cycles that are shorter than the hardware at its peak could make them. */
export interface BelowPeak {
  /** Positions among the cycles. */
  readonly cycles: readonly number[];
  /** What they have in common. */
  readonly cause?: 'cached prompt tokens' | 'overlapping steps';
}

/**
 * Counts cycles shorter than one reading of the weights at peak bandwidth, or than the matrix products of the scheduled tokens at
 * peak FLOP/s. Where the products are too many, prompt tokens were counted that the prefix cache served; where the weights cannot
 * have been read, the next step was scheduled before this one had ended.
 */
export function belowPeak(
  steps: StepColumns,
  { index, cycleUs }: Pick<Cycles, 'index' | 'cycleUs'>,
  context: ServingContext,
): BelowPeak {
  const { weightsUs, prefillGemmUs, decodeGemmUs } = computeFeatures(steps, context, [
    'weightsUs',
    'prefillGemmUs',
    'decodeGemmUs',
  ]) as Record<'weightsUs' | 'prefillGemmUs' | 'decodeGemmUs', Float64Array>;
  const found: number[] = [];
  let byProducts = 0;
  for (const [at, row] of index.entries()) {
    const us = cycleUs[at]!;
    if (!(us > 0)) continue;
    const isTooMuch = us < prefillGemmUs[row]! + decodeGemmUs[row]!;
    if (!isTooMuch && !(us < weightsUs[row]!)) continue;
    found.push(at);
    if (isTooMuch) byProducts++;
  }
  if (found.length === 0) return { cycles: found };
  return { cycles: found, cause: byProducts > found.length / 2 ? 'cached prompt tokens' : 'overlapping steps' };
}
