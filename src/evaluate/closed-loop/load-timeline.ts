import type { RowRange } from '../../numeric/index.ts';
import type { EngineSettings, ScheduleRows } from '../../serving/index.ts';
import type { RequestTimes } from './latencies.ts';
import { countIn, rowMeans, type TimeBins, TimeMeans } from './time-bins.ts';

/**
 * What an engine did over time, in equal bins from the first arrival on. It ends where the first request arrives that comes after
 * those that are judged, since nothing may be seen of how that one went; else with the last answer.
 */
export interface LoadTimeline {
  /** Length of a bin, s. */
  readonly binS: number;
  /** When the first and the last request arrived that are judged, s. */
  readonly judgedS: readonly number[];
  /** Requests that arrived in each bin. */
  readonly arrivals: readonly number[];
  /** Requests in a batch: mean over the time of each bin, as the next ones; all ranks together. */
  readonly running: readonly number[];
  /** Requests that wait to be scheduled, preempted ones among them. */
  readonly waiting: readonly number[];
  /** Tokens that a step computes: mean over the steps; 0 where none ran. */
  readonly batchTokens: readonly number[];
  /** Share of the KV blocks in use, percent: mean over time. */
  readonly kvPercent: readonly number[];
  /** Requests that were preempted in each bin. */
  readonly preemptions: readonly number[];
  /** Requests that have arrived and are not answered, as clients see them: mean over time. */
  readonly inFlight: readonly number[];
  /** The same as it was measured, of requests whose end is known; null where none is. */
  readonly measuredInFlight: readonly number[] | null;
}

const BINS = 48;

/** What a timeline is made from. */
export interface TimelineSource {
  readonly rows: ScheduleRows;
  readonly settings: Pick<EngineSettings, 'kvBlocks' | 'dataParallel'>;
  /** As clients would see them. */
  readonly simulated: RequestTimes;
  /** What they saw, where that is known. */
  readonly measured: RequestTimes | undefined;
  /** Requests that are judged; at least one. */
  readonly judged: RowRange;
}

export function loadTimeline({ rows, settings, simulated, measured, judged }: TimelineSource): LoadTimeline {
  const { arrivalUs } = simulated;
  const startUs = arrivalUs[0]!;
  const endUs = arrivalUs[judged[1]] ?? Math.max(lastOf(simulated), measured === undefined ? 0 : lastOf(measured));
  const time: TimeBins = { startUs, endUs: Math.max(endUs, startUs + 1), bins: BINS };
  const { prefillRequests, decodeRequests, prefillTokens, decodeTokens, waitingRequests, usedBlocks, stepUs } = rows;
  const mean = (of: (row: number) => number): readonly number[] => rowMeans(time, rows, of);
  const stepRate = mean((row) => 1 / stepUs[row]!);
  const tokenRate = mean((row) => (prefillTokens[row]! + decodeTokens[row]!) / stepUs[row]!);
  const blocks = settings.kvBlocks * settings.dataParallel;
  const inSeconds = (us: number): number => (us - startUs) / 1e6;
  return {
    binS: (time.endUs - startUs) / BINS / 1e6,
    judgedS: [inSeconds(arrivalUs[judged[0]]!), inSeconds(arrivalUs[judged[1] - 1]!)],
    arrivals: [...countIn(time, arrivalUs)],
    running: mean((row) => prefillRequests[row]! + decodeRequests[row]!),
    waiting: mean((row) => waitingRequests[row]!),
    batchTokens: tokenRate.map((tokens, bin) => (stepRate[bin]! > 0 ? tokens / stepRate[bin]! : 0)),
    kvPercent: mean((row) => (100 * usedBlocks[row]!) / blocks),
    preemptions: preemptionsIn(time, rows),
    inFlight: inFlight(time, simulated, judged[1]) ?? new Array<number>(BINS).fill(0),
    measuredInFlight: measured === undefined ? null : inFlight(time, measured, judged[1]),
  };
}

function preemptionsIn(time: TimeBins, { startUs, preemptedRequests }: ScheduleRows): readonly number[] {
  const times = Array.from(startUs).flatMap((us, row) => new Array<number>(preemptedRequests[row]!).fill(us));
  return [...countIn(time, times)];
}

/** Of the requests before `end`; null where the end of none is known. */
function inFlight(time: TimeBins, { arrivalUs, lastTokenUs }: RequestTimes, end: number): readonly number[] | null {
  const means = new TimeMeans(time);
  let known = 0;
  for (let request = 0; request < end; request++) {
    if (!(lastTokenUs[request]! >= arrivalUs[request]!)) continue;
    known++;
    means.add(arrivalUs[request]!, lastTokenUs[request]!, 1);
  }
  return known === 0 ? null : means.means();
}

function lastOf({ lastTokenUs }: RequestTimes): number {
  return lastTokenUs.reduce((last, us) => (us > last ? us : last), 0);
}
