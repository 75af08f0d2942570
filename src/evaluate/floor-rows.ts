import type { TableFloor } from '../data/index.ts';
import type { RowRange } from '../numeric/index.ts';
import { gatherRequests } from '../physics/index.ts';
import type { FloorRows, RowWriter } from './row-writer.ts';

/** Lays the grids of some models out; undefined where there is none to go by. */
export function layFloors(writer: RowWriter, floors: readonly TableFloor[]): FloorRows | undefined {
  const trusted = floors.filter(({ questioned }) => questioned === undefined);
  if (trusted.length === 0) return undefined;
  const grid = layRows(writer, trusted, ({ floorUs }) => Array.from(floorUs, (_, batch) => batch));
  const pairsOf = trusted.map((floor) => ({ floor, rises: risesOf(floor) }));
  const pairs = layRows(writer, trusted, (floor) =>
    pairsOf.flatMap((own) => (own.floor === floor ? own.rises.flatMap(({ from, to }) => [from, to]) : [])),
  );
  return {
    grid,
    floorUs: Float64Array.from(trusted.flatMap(({ floorUs }) => [...floorUs])),
    pairs,
    riseUs: Float64Array.from(pairsOf.flatMap(({ rises }) => rises.map(({ us }) => us))),
  };
}

function layRows(
  writer: RowWriter,
  floors: readonly TableFloor[],
  batchesOf: (floor: TableFloor) => readonly number[],
): RowRange {
  const ranges = floors.map((floor) => {
    const batches = batchesOf(floor);
    const columns = floor.columns.map((column) => Float64Array.from(batches, (batch) => column[batch]!));
    return writer.invented(columns, ({ ofRequests }) => ofRequests(gatherRequests(floor.grid.requests, batches)));
  });
  return [ranges[0]![0], ranges.at(-1)![1]];
}

/** From one batch of a grid to another, the least time, µs. */
interface Rise {
  readonly from: number;
  readonly to: number;
  readonly us: number;
}

/** Neighbours on the curves along which contexts alone vary, where the floor tells them apart. */
export function risesOf({ grid, floorUs }: TableFloor): readonly Rise[] {
  const ofContexts = grid.curves.filter(({ along }) => along === 'contextTokens');
  const rises = ofContexts.flatMap(({ batches }) =>
    batches.slice(1).map((to, k) => ({ from: batches[k]!, to, us: floorUs[to]! - floorUs[batches[k]!]! })),
  );
  return rises.filter(({ us }) => us > 0);
}
