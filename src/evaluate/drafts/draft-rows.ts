import type { RowRange } from '../../numeric/index.ts';
import type { GroupLayout, Layout } from '../layout.ts';
import type { FloorRows } from '../row-writer.ts';

/** Rows of all groups that drafts are scored on, at most, without those that physics bounds. */
const MOST_ROWS = 400;
/** Of the batches that physics bounds every so many, and of the pairs of them. */
const BOUNDS_STRIDE = 3;

/** Rows of one experiment. */
export interface DraftPart {
  readonly experiment: number;
  readonly rows: RowRange;
  /** Of the experiment in its group's loss. */
  readonly share: number;
}

/** Rows of one group. */
export interface DraftGroup {
  readonly rows: RowRange;
  readonly parts: readonly DraftPart[];
  readonly floor?: FloorRows;
}

/** Some rows of the subsample of each group, and the rows that physics bounds, one after another. */
export interface DraftRows {
  readonly count: number;
  readonly groups: readonly DraftGroup[];
  /** NaN where nothing was measured. */
  readonly y: Float64Array;
  /** What errors are relative to; the target's size where absent. */
  readonly scale?: Float64Array;
  readonly rowWeights?: Float64Array;
  readonly e2e: Float64Array;
  /** The rows of a column of the layout. */
  readonly gather: (column: Float64Array) => Float64Array;
}

/** Every so many rows of the subsample, in order of time. */
export function draftRows(layout: Layout): DraftRows {
  const sampled = layout.groups.reduce((sum, { sample }) => sum + rowsOf(sample.parts), 0);
  const stride = Math.max(1, Math.ceil(sampled / MOST_ROWS));
  const source: number[] = [];
  const groups = layout.groups.map((group) => groupRows(group, stride, source));
  const gather = (column: Float64Array): Float64Array => Float64Array.from(source, (row) => column[row]!);
  const { y, scale, rowWeights, weights } = layout;
  return {
    count: source.length,
    groups,
    y: gather(y),
    ...(scale !== undefined && { scale: gather(scale) }),
    ...(rowWeights !== undefined && { rowWeights: gather(rowWeights) }),
    e2e: gather(weights.e2e),
    gather,
  };
}

function rowsOf(parts: readonly { readonly rows: RowRange }[]): number {
  return parts.reduce((sum, { rows }) => sum + rows[1] - rows[0], 0);
}

function groupRows({ sample: { parts, floor } }: GroupLayout, stride: number, source: number[]): DraftGroup {
  const start = source.length;
  const taken = (first: number, end: number, by = 1): RowRange => {
    const from = source.length;
    for (let row = first; row < end; row += by) source.push(row);
    return [from, source.length];
  };
  const chosen = parts.map(({ experiment, rows, share }) => ({ experiment, share, rows: taken(...rows, stride) }));
  const bounded = floor && boundedRows(floor, taken, source);
  return { rows: [start, source.length], parts: chosen, ...(bounded && { floor: bounded }) };
}

function boundedRows(
  { grid, floorUs, pairs, riseUs }: FloorRows,
  taken: (first: number, end: number, by?: number) => RowRange,
  source: number[],
): FloorRows {
  const every = (_: number, at: number): boolean => at % BOUNDS_STRIDE === 0;
  const gridRows = taken(...grid, BOUNDS_STRIDE);
  const from = source.length;
  for (let at = 0; at < riseUs.length; at += BOUNDS_STRIDE) taken(pairs[0] + 2 * at, pairs[0] + 2 * at + 2);
  return {
    grid: gridRows,
    floorUs: floorUs.filter(every),
    pairs: [from, source.length],
    riseUs: riseUs.filter(every),
  };
}
