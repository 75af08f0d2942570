import { joinFloors, figuresOfBounds } from '../floor-figures.ts';
import { risesOf } from '../floor-rows.ts';
import type { FloorFigures } from '../types.ts';
import { type FittedOnData, modelGrids, rootsOnGrid } from './grid-predictions.ts';

/** Points of each curve: more, and others, than those that fits go by. */
const POINTS = 25;

/** How a program keeps to physics on a fine grid. */
export interface FloorCheck extends Omit<FloorFigures, 'worst'> {
  /** The least of prediction / floor; null where no floor is gone by. */
  readonly worst: number | null;
  /** Models whose measured times lie below the floor, which is therefore not gone by, each with what was seen. */
  readonly questioned: Readonly<Record<string, string>>;
}

/** Holds a fitted program against the physical floor of every model; nothing where none can be gone by. */
export function floorCheck(input: FittedOnData): FloorCheck | undefined {
  const grids = modelGrids(input, POINTS);
  const questioned = Object.fromEntries(
    grids.flatMap(({ floor, questioned: why }) => (why === undefined ? [] : [[floor.modelKey, why] as const])),
  );
  const trusted = grids.filter((grid) => grid.questioned === undefined);
  const figures = joinFloors(
    trusted.map((grid) => {
      const [p = new Float64Array()] = rootsOnGrid(input.program.graph, grid, input.table);
      const rises = risesOf(grid.floor).map(({ from, to, us }) => ({ predictedUs: p[to]! - p[from]!, leastUs: us }));
      return figuresOfBounds(p, grid.floor.floorUs, rises);
    }),
  );
  if (figures === undefined && Object.keys(questioned).length === 0) return undefined;
  const none = { batches: 0, violations: 0, worst: null, rises: 0, shortRises: 0, error: 0 };
  return { ...(figures ?? none), questioned };
}
