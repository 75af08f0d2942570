import type { FloorFigures } from '../evaluate/index.ts';
import { formatNumber } from '../report/index.ts';

/** How constants keep to physics where nothing was measured: one line for the bounds of single batches, one for those of contexts. */
export function floorLines({
  batches,
  violations,
  worst,
  rises,
  shortRises,
}: Omit<FloorFigures, 'worst'> & { readonly worst: number | null }): readonly string[] {
  return [
    `${violations} of ${batches} batches far from the data are too fast or absurdly slow; the fastest`,
    `takes ${formatNumber(worst)} times its floor`,
    `${shortRises} of ${rises} steps to more context cost less than it takes to read it`,
  ];
}
