import { ceilingUs } from '../physics/index.ts';
import type { FloorRows } from './row-writer.ts';
import type { FloorFigures } from './types.ts';

/** Shares of a bound that do not count. */
const SLACK = 1e-3;

/** How predictions, indexed by row of the layout, keep to what physics says of batches that nobody measured. */
export function floorFigures({ grid, floorUs, pairs, riseUs }: FloorRows, p: Float64Array): FloorFigures {
  const rises = Array.from(riseUs, (leastUs, at) => {
    const row = pairs[0] + 2 * at;
    return { predictedUs: p[row + 1]! - p[row]!, leastUs };
  });
  return figuresOfBounds(p.subarray(...grid), floorUs, rises);
}

/** A rise of the time from a batch to another one that is predicted, and the least that it can be. */
interface PredictedRise {
  readonly predictedUs: number;
  readonly leastUs: number;
}

/**
 * @param p prediction for each batch.
 * @param floorUs least time of each batch.
 */
export function figuresOfBounds(p: Float64Array, floorUs: Float64Array, rises: readonly PredictedRise[]): FloorFigures {
  const ceiling = ceilingUs(floorUs);
  let [violations, shortRises, sum] = [0, 0, 0];
  let worst = Number.POSITIVE_INFINITY;
  for (const [at, least] of floorUs.entries()) {
    worst = Math.min(worst, p[at]! / least);
    const off = Math.max(1 - p[at]! / least, p[at]! / ceiling[at]! - 1);
    if (off <= SLACK) continue;
    violations++;
    sum += Math.min(off, 1);
  }
  for (const { predictedUs, leastUs } of rises) {
    const missing = 1 - predictedUs / leastUs;
    if (missing <= SLACK) continue;
    shortRises++;
    sum += Math.min(missing, 1);
  }
  const bounds = floorUs.length + rises.length;
  return {
    batches: floorUs.length,
    violations,
    worst,
    rises: rises.length,
    shortRises,
    error: (100 * sum) / Math.max(1, bounds),
  };
}

/** Figures of several groups as one; nothing of none. */
export function joinFloors(parts: readonly FloorFigures[]): FloorFigures | undefined {
  if (parts.length === 0) return undefined;
  const sum = (of: (figures: FloorFigures) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const bounds = (figures: FloorFigures): number => figures.batches + figures.rises;
  return {
    batches: sum(({ batches }) => batches),
    violations: sum(({ violations }) => violations),
    worst: Math.min(...parts.map(({ worst }) => worst)),
    rises: sum(({ rises }) => rises),
    shortRises: sum(({ shortRises }) => shortRises),
    error: sum((figures) => figures.error * bounds(figures)) / Math.max(1, sum(bounds)),
  };
}
