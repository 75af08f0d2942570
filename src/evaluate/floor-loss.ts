import type { Block } from '../kernel/index.ts';
import { ceilingUs } from '../physics/index.ts';
import type { FloorRows } from './row-writer.ts';

/** Fits keep this share away from a bound, so that what comes of a soft penalty keeps the bound itself. */
const MARGIN = 0.03;
/**
 * Weight of all bounds together beside the loss over measured rows, which is a mean too. Half a per cent of the measured times is a
 * loss of 1e-5; a prediction at half the floor in one batch of fifty costs 2.5e-3.
 */
const WEIGHT = 1;

/** Arrays of a row set that the bounds are written to, indexed by offset into it. */
interface BoundColumns {
  readonly y: Float64Array;
  readonly penaltyResiduals: Float64Array;
  readonly penaltyWeights: Float64Array;
  readonly biasWeights: Float64Array;
}

/**
 * Makes one-sided terms of what physics says: ½·w·(1 − p/floor)² where a batch is predicted below its floor, ½·w·(p/ceiling − 1)²
 * where it is above its ceiling, and ½·w·(1 − rise/least rise)² where more context costs less than it takes to read it.
 *
 * @param start of the row set in the layout.
 * @returns blocks that follow those of the row set.
 */
export function boundTerms(floor: FloorRows, start: number, columns: BoundColumns): readonly Block[] {
  const { grid, floorUs, pairs, riseUs } = floor;
  const share = WEIGHT / (floorUs.length + riseUs.length);
  const ceiling = ceilingUs(floorUs);
  const first = grid[0] - start;
  const blocks: Block[] = [];
  for (const [at, least] of floorUs.entries()) {
    const row = first + at;
    columns.y[row] = least;
    columns.penaltyResiduals[row] = MARGIN;
    columns.penaltyWeights[row] = share;
    columns.biasWeights[row] = 1 / ceiling[at]!;
    blocks.push({ start: row, end: row + 1, share, bound: 'most' });
  }
  for (const [at, least] of riseUs.entries()) {
    const row = pairs[0] - start + 2 * at;
    // By themselves they cost nothing.
    columns.y.fill(least, row, row + 2);
    columns.penaltyResiduals.fill(-1, row, row + 2);
    columns.penaltyWeights.fill(0, row, row + 2);
    columns.biasWeights[row] = -1 / ((1 + MARGIN) * least);
    columns.biasWeights[row + 1] = 1 / ((1 + MARGIN) * least);
    blocks.push({ start: row, end: row + 2, share, bound: 'least' });
  }
  return blocks;
}
