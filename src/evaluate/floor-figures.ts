import type { FloorRows } from './row-writer.ts';
import { ceilingUs } from '../physics/index.ts';
import type { FloorFigures } from './types.ts';

/** Shares of a bound that do not count. */
const SLACK = 1e-3;

/**
 * How predictions, indexed by row of the layout, keep to what physics says of batches that nobody measured.
 *
 * @param floors of each group.
 */
export function floorFigures(floors: readonly FloorRows[], p: Float64Array): FloorFigures {
  let [batches, violations, rises, shortRises, sum] = [0, 0, 0, 0, 0];
  let worst = Number.POSITIVE_INFINITY;
  for (const { grid, floorUs, pairs, riseUs } of floors) {
    const ceiling = ceilingUs(floorUs);
    batches += floorUs.length;
    rises += riseUs.length;
    for (const [at, least] of floorUs.entries()) {
      const predicted = p[grid[0] + at]!;
      worst = Math.min(worst, predicted / least);
      const off = Math.max(1 - predicted / least, predicted / ceiling[at]! - 1);
      if (!(off > SLACK)) continue;
      violations++;
      sum += Math.min(off, 1);
    }
    for (const [at, least] of riseUs.entries()) {
      const row = pairs[0] + 2 * at;
      const missing = 1 - (p[row + 1]! - p[row]!) / least;
      if (!(missing > SLACK)) continue;
      shortRises++;
      sum += Math.min(missing, 1);
    }
  }
  return { batches, violations, worst, rises, shortRises, error: (100 * sum) / Math.max(1, batches + rises) };
}

/** Figures of several groups as one. */
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
    error: sum((figures) => figures.error * bounds(figures)) / sum(bounds),
  };
}
