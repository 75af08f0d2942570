/** Columns cut into bins, for histogram-based trees. */
export interface BinnedColumns {
  readonly rows: number;
  /** Bin of each row, one array for each column. */
  readonly bins: readonly Uint8Array[];
  /** Smallest value of each bin but the first, ascending: a row is left of split `b` where its value is below `cuts[b]`. */
  readonly cuts: readonly Float64Array[];
  /** Where each column's bins begin in a histogram, and behind the last column the size of the whole. */
  readonly offsets: Int32Array;
}

export const MAX_BINS = 256;

/**
 * Cuts columns into at most 256 bins: one for each distinct value where there are few, else of about equal numbers of rows.
 *
 * Source: Chen and Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016, section 3.2.
 */
export function binColumns(columns: readonly Float64Array[]): BinnedColumns {
  const cuts = columns.map(cutsOf);
  const offsets = new Int32Array(columns.length + 1);
  for (const [at, cut] of cuts.entries()) offsets[at + 1] = offsets[at]! + cut.length + 1;
  return {
    rows: columns[0]?.length ?? 0,
    bins: columns.map((column, at) => Uint8Array.from(column, (value) => countAtMost(cuts[at]!, value))),
    cuts,
    offsets,
  };
}

function cutsOf(column: Float64Array): Float64Array {
  const sorted = column.slice().sort();
  const starts: number[] = [];
  for (let row = 1; row < sorted.length; row++) if (sorted[row] !== sorted[row - 1]) starts.push(row);
  if (starts.length < MAX_BINS) return Float64Array.from(starts, (row) => sorted[row]!);
  const cuts: number[] = [];
  let taken = 0;
  for (const row of starts) {
    if (row < ((taken + 1) * sorted.length) / MAX_BINS || taken >= MAX_BINS - 1) continue;
    cuts.push(sorted[row]!);
    taken = Math.floor((row * MAX_BINS) / sorted.length);
  }
  return Float64Array.from(cuts);
}

/** How many of the ascending cuts are at most `value`. */
function countAtMost(cuts: Float64Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
