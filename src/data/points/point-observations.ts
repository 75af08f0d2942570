import type { SplitName } from '../dataset.ts';
import { type Observation, type SplitObservations, splitObservations } from '../replay/observations.ts';
import type { Replay } from '../replay/replay.ts';
import { splitRanges } from '../split.ts';
import { meanLength, type PointColumns } from './points.ts';

/**
 * The observations of serving points: of each the mean time to first token, from there to the last, and both together, each a report of
 * its own, without what clients see beyond steps. End to end is no third measurement: means add up.
 */
export function observationsOfPoints(
  points: PointColumns,
  replay: Replay,
  splits: readonly SplitName[],
): SplitObservations {
  const bySplit = splitRanges(points.clients.length);
  const rowsOf = ([start, end]: readonly [number, number]): readonly number[] =>
    Array.from({ length: end - start }, (_, at) => start + at);
  return splitObservations((split) => rowsOf(bySplit[split]).flatMap((row) => ofPoint(points, replay, row)), splits);
}

function ofPoint(points: PointColumns, replay: Replay, row: number): readonly Observation[] {
  const [arrival, first, last] = [replay.arrivalRow[row]!, replay.firstTokenRow[row]!, replay.lastTokenRow[row]!];
  const head = replay.arrivalHead[row]!;
  const tokens = meanLength(points.outputTokens[row]!, points.leastShare[row]!);
  const ttft = points.ttftUs[row]! - replay.overheads.requestUs;
  const decode = points.tpotUs[row]! * (tokens - 1);
  const all: readonly Observation[] = [
    { kind: 'ttft', start: arrival, head, end: first + 1, y: ttft, tokens: 1, report: row },
    {
      kind: 'itl',
      start: first + 1,
      head: replay.counts[first + 1]!,
      end: last + 1,
      y: decode,
      tokens: tokens - 1,
      report: row,
    },
    { kind: 'e2e', start: arrival, head, end: last + 1, y: ttft + decode, tokens, report: row },
  ];
  return all.filter(({ y }) => y > 0);
}
