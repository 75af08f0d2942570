import { gatherRequests, type StepColumns } from '../../physics/index.ts';
import type { EngineSettings, ScheduleRows, Served } from '../../serving/index.ts';
import type { Replay } from './replay.ts';

/**
 * A schedule as rows one after another, with the requests' places in them: rank by rank, or, where the ranks go in lock-step, one
 * row for each step, that of the rank which takes longest.
 */
export function timelineOf(
  { rows: all, requests, batches }: Served,
  settings: EngineSettings,
): Omit<Replay, 'overheads'> {
  const rows = settings.lockStep ? { ...all, rank: new Float64Array(all.rank.length) } : all;
  const kept = settings.lockStep ? longestRows(rows) : rankRows(rows);
  const positions = positionsOf(rows, kept, settings.lockStep);
  const at = (row: number): number => (row < 0 ? -1 : positions[row]!);
  const arrivals = Array.from(requests.arrivalUs, (arrivalUs, r) => {
    const scheduled = requests.scheduledRow[r]!;
    if (scheduled < 0) return { row: -1, head: 0 };
    return arrivalAt(rows, kept, at(scheduled), arrivalUs);
  });
  return {
    steps: stepsOf(rows, kept, requests.lastTokenRow.map(at), settings),
    counts: Float64Array.from(kept, (row) => rows.steps[row]!),
    ...(batches && { requests: gatherRequests(batches, kept) }),
    arrivalRow: Int32Array.from(arrivals, ({ row }) => row),
    arrivalHead: Float64Array.from(arrivals, ({ head }) => head),
    firstTokenRow: requests.firstTokenRow.map(at),
    lastTokenRow: requests.lastTokenRow.map(at),
  };
}

/** Rows of the schedule rank by rank, each in order of time. */
function rankRows({ rank }: ScheduleRows): Int32Array {
  return Int32Array.from(rank, (_, row) => row).sort((a, b) => rank[a]! - rank[b]! || a - b);
}

/** Of the rows that start together, the one that takes longest. */
function longestRows({ startUs, ownUs }: ScheduleRows): Int32Array {
  const longest: number[] = [];
  for (let row = 0; row < startUs.length; row++) {
    const last = longest.at(-1);
    if (last === undefined || startUs[last] !== startUs[row]) longest.push(row);
    else if (ownUs[row]! > ownUs[last]!) longest[longest.length - 1] = row;
  }
  return Int32Array.from(longest);
}

/** Where each row of the schedule is among the kept ones. */
function positionsOf({ startUs }: ScheduleRows, kept: Int32Array, isMerged: boolean): Int32Array {
  const positions = new Int32Array(startUs.length);
  if (isMerged) {
    let position = 0;
    for (let row = 0; row < startUs.length; row++) {
      if (row > 0 && startUs[row] !== startUs[row - 1]) position++;
      positions[row] = position;
    }
  } else for (const [position, row] of kept.entries()) positions[row] = position;
  return positions;
}

/**
 * The row that ran when a request arrived, and how many of its steps were still to come; in an idle engine the row that took it
 * up. Between arrival and `scheduled` an engine is never idle.
 */
function arrivalAt(
  { startUs, steps, stepUs, rank }: ScheduleRows,
  kept: Int32Array,
  scheduled: number,
  arrivalUs: number,
): { readonly row: number; readonly head: number } {
  const leftUs = (position: number): number => {
    const row = kept[position]!;
    return startUs[row]! + steps[row]! * stepUs[row]! - arrivalUs;
  };
  const own = rank[kept[scheduled]!];
  let position = scheduled;
  while (position > 0 && rank[kept[position - 1]!] === own && leftUs(position - 1) > 0) position--;
  const row = kept[position]!;
  return { row: position, head: Math.min(steps[row]!, leftUs(position) / stepUs[row]!) };
}

function stepsOf(rows: ScheduleRows, kept: Int32Array, lastRows: Int32Array, settings: EngineSettings): StepColumns {
  const column = (of: (row: number) => number): Float64Array => Float64Array.from(kept, of);
  const finished = new Float64Array(kept.length);
  for (const position of lastRows) if (position >= 0) finished[position]!++;
  let id = 1;
  return Object.freeze({
    stepId: column((row) => {
      const own = id;
      id += rows.steps[row]!;
      return own;
    }),
    startNs: column((row) => rows.startUs[row]! * 1000),
    endNs: column((row) => (rows.startUs[row]! + rows.stepUs[row]!) * 1000),
    durationUs: column((row) => rows.stepUs[row]!),
    runningDepth: column((row) => rows.prefillRequests[row]! + rows.decodeRequests[row]!),
    waitingDepth: column((row) => rows.waitingRequests[row]!),
    prefillRequests: column((row) => rows.prefillRequests[row]!),
    decodeRequests: column((row) => rows.decodeRequests[row]!),
    scheduledTokens: column((row) => rows.prefillTokens[row]! + rows.decodeTokens[row]!),
    prefillTokens: column((row) => rows.prefillTokens[row]!),
    decodeTokens: column((row) => rows.decodeTokens[row]!),
    finishedRequests: finished,
    preemptedRequests: column((row) => rows.preemptedRequests[row]!),
    kvUsageRatio: column((row) => rows.usedBlocks[row]! / settings.kvBlocks),
    kvBlocksTotal: column(() => settings.kvBlocks),
    kvBlocksFree: column((row) => settings.kvBlocks - rows.usedBlocks[row]!),
  });
}
