import type { RowRange } from '../../numeric/index.ts';
import type { SplitName } from '../dataset.ts';
import type { RequestColumns } from '../requests.ts';
import { SPLITS, splitRanges } from '../split.ts';
import { OBSERVED, type Observed, type Observations } from '../table.ts';
import { servedRows } from './reconstruct.ts';
import type { Replay } from './replay.ts';

/** What was measured of the requests of a replay, as sums over its rows, and which rows each split needs. */
export interface ReplayObservations {
  /** Rows are those of the replay. */
  readonly observations: Observations;
  /** Of the observations, by the split of their request. */
  readonly ranges: { readonly [S in SplitName]: RowRange };
  /** The row after the last that the requests of each split took part in, ascending. */
  readonly rowEnds: { readonly [S in SplitName]: number };
  /** The first row that they took part in. */
  readonly rowStarts: { readonly [S in SplitName]: number };
}

interface Observation {
  readonly kind: Observed;
  readonly start: number;
  readonly head: number;
  readonly end: number;
  readonly y: number;
}

/** The observations of a log: of each request its time to first token, from there to its last, and both together. */
export function replayObservations(requests: RequestColumns, replay: Replay): ReplayObservations {
  const served = servedRows(requests);
  const splits = splitRanges(served.length);
  const found: Observation[] = [];
  const ranges = {} as Record<SplitName, RowRange>;
  const rowEnds = {} as Record<SplitName, number>;
  const rowStarts = {} as Record<SplitName, number>;
  let rowEnd = 0;
  for (const split of SPLITS) {
    const from = found.length;
    for (const row of served.slice(...splits[split])) found.push(...ofRequest(requests, replay, row));
    const own = found.slice(from);
    ranges[split] = [from, found.length];
    rowEnd = own.reduce((end, observation) => Math.max(end, observation.end), rowEnd);
    rowEnds[split] = rowEnd;
    rowStarts[split] = own.reduce((start, observation) => Math.min(start, observation.start), rowEnd);
  }
  return {
    observations: {
      kind: Uint8Array.from(found, ({ kind }) => OBSERVED.indexOf(kind)),
      start: Int32Array.from(found, ({ start }) => start),
      head: Float64Array.from(found, ({ head }) => head),
      end: Int32Array.from(found, ({ end }) => end),
      y: Float64Array.from(found, ({ y }) => y),
    },
    ranges,
    rowEnds,
    rowStarts,
  };
}

function ofRequest(requests: RequestColumns, replay: Replay, row: number): readonly Observation[] {
  const arrival = replay.arrivalRow[row]!;
  const first = replay.firstTokenRow[row]!;
  const last = replay.lastTokenRow[row]!;
  if (arrival < 0 || first < 0 || last < 0) return [];
  const head = replay.arrivalHead[row]!;
  const ttft = requests.firstTokenUs[row]! - requests.arrivalUs[row]! - replay.overheadUs;
  const decode = requests.lastTokenUs[row]! - requests.firstTokenUs[row]!;
  const all: readonly Observation[] = [
    { kind: 'ttft', start: arrival, head, end: first + 1, y: ttft },
    { kind: 'itl', start: first + 1, head: replay.counts[first + 1] ?? 0, end: last + 1, y: decode },
    { kind: 'e2e', start: arrival, head, end: last + 1, y: ttft + decode },
  ];
  return all.filter(({ start, end, y }) => y > 0 && end > start);
}
