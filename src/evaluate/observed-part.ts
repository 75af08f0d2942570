import { OBSERVED, type Observations, type Observed, type RegressionTable, type SplitName } from '../data/index.ts';
import { mean, quantile, type RowRange } from '../numeric/index.ts';

/** Observations that were reported together. */
export interface ObservedReport {
  /** Of a part's observations; the `y` of each is the mean that was reported. */
  readonly range: RowRange;
  /** The 90th percentile that was reported, in the unit of `y`; NaN where a mean was all. */
  readonly p90: number;
}

/** Observations of one kind: a range of a part's observations. */
export interface ObservedKind {
  readonly kind: Observed;
  readonly range: RowRange;
  /** What they were reported in, one after another; absent where each was measured by itself. */
  readonly reports?: readonly ObservedReport[];
  /** Of what was measured over requests, µs: E2E, TTFT, or the mean time between a request's tokens. */
  readonly mean: number;
  readonly p90: number;
}

/**
 * Observations of one experiment on one split. Those of a kind are contiguous and keep the table's order, which is that of time.
 * A measured time of 0 has no relative error, so it is not among them.
 */
export interface ObservedPart {
  /** Longest times first: E2E, between tokens, TTFT; those that there are. */
  readonly kinds: readonly ObservedKind[];
  /** Rows of the layout. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Share of the first row's steps that counts. */
  readonly headShare: Float64Array;
  /** µs. */
  readonly y: Float64Array;
  /**
   * What a sum is multiplied by for means over requests: 1, but for the time between tokens one by the number of its tokens.
   */
  readonly perToken: Float64Array;
  /** Output tokens that came out in the time. */
  readonly tokens: Float64Array;
}

/** Whether each observation of a kind is a report of its own, so that its `y` is what was measured of it and not of many together. */
export function isSingle({ range, reports }: ObservedKind): boolean {
  return reports === undefined || reports.length === range[1] - range[0];
}

/** How often something was measured: each request, or each report. */
function measuredCount({ range, reports }: ObservedKind): number {
  return reports?.length ?? range[1] - range[0];
}

/** How many requests, or reports, were measured. */
export function requestCount({ kinds }: Pick<ObservedPart, 'kinds'>): number {
  return Math.max(0, ...kinds.map(measuredCount));
}

/** Weights of the kinds in losses and errors. */
export type RequestWeights = { readonly [K in Observed]: number };

const KINDS: readonly Observed[] = ['e2e', 'itl', 'ttft'];

/** The observations of an experiment on a split; undefined where its steps were measured. */
function rangeOf(table: RegressionTable, experiment: number, split: SplitName): RowRange | undefined {
  return table.observations === undefined ? undefined : table.experiments[experiment]?.observations?.[split];
}

export function isObserved(table: RegressionTable, experiment: number): boolean {
  return rangeOf(table, experiment, 'train') !== undefined;
}

/**
 * The rows of a table that an experiment needs on a split: those of the split and, where requests were observed, all that an
 * observation goes over, since a request may have begun in rows of the split before. None where there is nothing to predict.
 */
export function rowsNeeded(table: RegressionTable, experiment: number, split: SplitName): RowRange {
  let [first, end] = table.experiments[experiment]?.rows[split] ?? [0, 0];
  const range = rangeOf(table, experiment, split);
  if (range === undefined) return [first, end];
  if (range[0] === range[1]) return [0, 0];
  const { start, end: ends } = table.observations as Observations;
  if (first === end) [first, end] = [start[range[0]]!, ends[range[0]]!];
  for (let at = range[0]; at < range[1]; at++) {
    first = Math.min(first, start[at]!);
    end = Math.max(end, ends[at]!);
  }
  return [first, end];
}

/** @param shift from the rows of the table to those of the layout */
export function observedPart(
  table: RegressionTable,
  experiment: number,
  split: SplitName,
  shift: number,
): ObservedPart | undefined {
  const range = rangeOf(table, experiment, split);
  if (range === undefined) return undefined;
  const { kind, start, head, end, y, tokens, reports } = table.observations as Observations;
  const ofKind = (wanted: Observed): number[] => {
    const number = OBSERVED.indexOf(wanted);
    const all = Array.from({ length: range[1] - range[0] }, (_, i) => range[0] + i);
    return all.filter((at) => kind[at] === number && y[at]! > 0);
  };
  const order = KINDS.map(ofKind);
  const all = order.flat();
  const sums: Sums = {
    start: Int32Array.from(all, (at) => start[at]!),
    end: Int32Array.from(all, (at) => Math.max(end[at]!, start[at]! + 1)),
    headShare: Float64Array.from(all, (at) => head[at]! / (table.steps?.[start[at]!] ?? 1)),
  };
  const measured = Float64Array.from(all, (at) => y[at]!);
  const counts = Float64Array.from(all, (at) => tokens[at]!);
  const perToken = counts.map((count, i) => (OBSERVED[kind[all[i]!]!] === 'itl' && count > 0 ? 1 / count : 1));
  let from = 0;
  const kinds = order.flatMap((indices, at): ObservedKind[] => {
    const ofThis: RowRange = [from, from + indices.length];
    from = ofThis[1];
    if (indices.length === 0) return [];
    const values = measured.subarray(...ofThis).map((value, i) => value * perToken[ofThis[0] + i]!);
    const reported = reports && reportRanges(indices, ofThis[0], reports);
    return [
      {
        kind: KINDS[at]!,
        range: ofThis,
        ...(reported && { reports: reported }),
        mean: mean(values),
        p90: quantile(values, 0.9),
      },
    ];
  });
  return {
    kinds,
    start: sums.start.map((row) => row + shift),
    end: sums.end.map((row) => row + shift),
    headShare: sums.headShare,
    y: measured,
    perToken,
    tokens: counts,
  };
}

/**
 * Neighbours of one report each; undefined where they were measured by themselves.
 *
 * @param indices of the table's observations
 * @param first place of the first of them among those of the part
 */
function reportRanges(
  indices: readonly number[],
  first: number,
  { of, p90 }: NonNullable<Observations['reports']>,
): readonly ObservedReport[] | undefined {
  if (of[indices[0]!]! < 0) return undefined;
  const starts = indices.flatMap((index, at) => (at === 0 || of[index] !== of[indices[at - 1]!] ? [at] : []));
  return starts.map((from, k) => ({
    range: [first + from, first + (starts[k + 1] ?? indices.length)],
    p90: p90[indices[from]!]!,
  }));
}

/** Which steps sums are over. */
type Sums = Pick<ObservedPart, 'start' | 'end' | 'headShare'>;

/** The sums that predictions of single steps give, µs; `p` and `steps` are indexed by row of the layout, [from, to) covers the part. */
export function predictObserved(
  { start, end, headShare }: Sums,
  p: Float64Array,
  steps: Float64Array | undefined,
  [from, to]: RowRange,
): Float64Array {
  const before = new Float64Array(to - from + 1);
  for (let row = from; row < to; row++) before[row - from + 1] = before[row - from]! + (steps?.[row] ?? 1) * p[row]!;
  return headShare.map((share, at) => {
    const first = start[at]! - from;
    const head = before[first + 1]! - before[first]!;
    return share * head + before[end[at]! - from]! - before[first + 1]!;
  });
}
