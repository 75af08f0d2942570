import type { RowRange } from '../../numeric/index.ts';
import type { SplitName } from '../dataset.ts';
import type { RequestColumns } from '../requests.ts';
import { SPLITS, splitRanges } from '../split.ts';
import { OBSERVED, type Observed, type Observations } from '../table.ts';
import { servedRows } from '../clients/served-rows.ts';
import type { Replay } from './replay.ts';

/** What was measured of the requests of some splits, as sums over rows of a replay. */
export interface SplitObservations {
  /** Rows are counted from the first of `rows`; in order of the splits, inside a split by arrival. */
  readonly observations: Observations;
  /** Of the observations, by the split of their request. */
  readonly ranges: { readonly [S in SplitName]: RowRange };
  /** Rows of the replay that the requests of the splits took part in. */
  readonly rows: RowRange;
  /** How many of them are each split's; a split has those that the ones before have not. */
  readonly counts: { readonly [S in SplitName]: number };
  /** Rows of the replay that training requests took part in, whether or not they were asked for. */
  readonly training: RowRange;
}

/** A sum over rows of a replay; `end` is not part of it. */
export interface Observation {
  readonly kind: Observed;
  readonly start: number;
  readonly head: number;
  readonly end: number;
  readonly y: number;
  readonly tokens: number;
  /** Which report it is of; absent where it was measured by itself. */
  readonly report?: number;
}

/** The observations of a log: of each request its time to first token, from there to its last, and both together. */
export function observationsOfSplits(
  requests: RequestColumns,
  replay: Replay,
  splits: readonly SplitName[],
): SplitObservations {
  const served = servedRows(requests);
  const bySplit = splitRanges(served.length);
  return splitObservations(
    (split) => served.slice(...bySplit[split]).flatMap((row) => ofRequest(requests, replay, row)),
    splits,
  );
}

/**
 * Observations by split, those of some splits alone.
 *
 * @param ofSplit the observations of a split; those of later splits are of later rows.
 */
export function splitObservations(
  ofSplit: (split: SplitName) => readonly Observation[],
  splits: readonly SplitName[],
): SplitObservations {
  const found = SPLITS.map((split) => ({ split, own: splits.includes(split) ? ofSplit(split) : [] }));
  const all = found.flatMap(({ own }) => own);
  const rows: RowRange = [firstRow(all), lastRow(all)];
  const ranges = {} as Record<SplitName, RowRange>;
  const counts = {} as Record<SplitName, number>;
  let [at, end] = [0, rows[0]];
  for (const { split, own } of found) {
    const ownEnd = Math.max(end, lastRow(own));
    ranges[split] = [at, at + own.length];
    counts[split] = ownEnd - end;
    at += own.length;
    end = ownEnd;
  }
  const training = ofSplit('train');
  return {
    observations: shifted(columnsOf(all), -rows[0]),
    ranges,
    rows,
    counts,
    training: [firstRow(training), lastRow(training)],
  };
}

/** The same observations over rows that begin elsewhere. */
export function shifted(observations: Observations, by: number): Observations {
  const { start, end } = observations;
  return { ...observations, start: start.map((row) => row + by), end: end.map((row) => row + by) };
}

/** Ranges behind `first` other observations. */
export function ofTable(ranges: SplitObservations['ranges'], first: number): SplitObservations['ranges'] {
  const range = ([start, end]: RowRange): RowRange => [first + start, first + end];
  return { train: range(ranges.train), valid: range(ranges.valid), test: range(ranges.test) };
}

function firstRow(observations: readonly Observation[]): number {
  return observations.reduce((least, { start }) => Math.min(least, start), observations[0]?.start ?? 0);
}

function lastRow(observations: readonly Observation[]): number {
  return observations.reduce((most, { end }) => Math.max(most, end), 0);
}

function columnsOf(found: readonly Observation[]): Observations {
  return {
    kind: Uint8Array.from(found, ({ kind }) => OBSERVED.indexOf(kind)),
    start: Int32Array.from(found, ({ start }) => start),
    head: Float64Array.from(found, ({ head }) => head),
    end: Int32Array.from(found, ({ end }) => end),
    y: Float64Array.from(found, ({ y }) => y),
    tokens: Float64Array.from(found, ({ tokens }) => tokens),
    ...(found.some(({ report }) => report !== undefined) && {
      reports: {
        of: Int32Array.from(found, ({ report = -1 }) => report),
        p90: new Float64Array(found.length).fill(Number.NaN),
      },
    }),
  };
}

function ofRequest(requests: RequestColumns, replay: Replay, row: number): readonly Observation[] {
  const arrival = replay.arrivalRow[row]!;
  const first = replay.firstTokenRow[row]!;
  const last = replay.lastTokenRow[row]!;
  if (arrival < 0 || first < 0 || last < 0) return [];
  const head = replay.arrivalHead[row]!;
  const { requestUs, tokenUs } = replay.overheads;
  const ttft = requests.firstTokenUs[row]! - requests.arrivalUs[row]! - requestUs - tokenUs;
  const tokens = requests.outputTokens[row]!;
  const decode = requests.lastTokenUs[row]! - requests.firstTokenUs[row]! - (tokens - 1) * tokenUs;
  const all: readonly Observation[] = [
    { kind: 'ttft', start: arrival, head, end: first + 1, y: ttft, tokens: 1 },
    {
      kind: 'itl',
      start: first + 1,
      head: replay.counts[first + 1] ?? 0,
      end: last + 1,
      y: decode,
      tokens: tokens - 1,
    },
    { kind: 'e2e', start: arrival, head, end: last + 1, y: ttft + decode, tokens },
  ];
  return all.filter(({ start, end, y }) => y > 0 && end > start);
}
