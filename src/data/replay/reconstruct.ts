import { createRandom, type RowRange } from '../../numeric/index.ts';
import type { ServingContext } from '../../physics/index.ts';
import type { EngineSettings, Served, ServingRequests, StepTime } from '../../serving/index.ts';
import { type ClientLoad, clientLoad, type MeasuredRequests } from '../clients/client-load.ts';
import { type ClientOverheads, NO_OVERHEADS } from '../clients/overheads.ts';
import { servedRows } from '../clients/served-rows.ts';
import type { Experiment } from '../dataset.ts';
import type { RequestColumns } from '../requests.ts';
import { engineOf } from './engine-of.ts';
import { lateTokensUs } from './late-tokens.ts';
import { fitReference, type MeasuredTimes, type Reference } from './reference.ts';
import type { Replay } from './replay.ts';
import { referenceOfReports } from './report-reference.ts';
import { serveWindows, someRequests, type Timeline, timelineOfWindows } from './serve-windows.ts';
import { stepTimeOfRecords } from './step-reference.ts';
import { LEAST_REQUESTS, type ReplayWindow, replayWindows } from './windows.ts';

/** The reference is fitted on the first requests of a longer log: what one replay costs grows with their number. */
const MOST_FITTED = 600;
const SEED = 1;

/** A step time that is known, what clients see beyond steps, and what of it is kept. */
export interface KnownTiming {
  readonly stepTime: StepTime;
  readonly overheads: ClientOverheads;
  /** Whether the replay keeps the requests of its batches; by default it does not. */
  readonly keepBatches?: boolean;
}

/**
 * Replays the load of an experiment's clients to find the batches that its engine must have made. The step time to replay with is
 * that of the step records, where there are some, else it is fitted to what the clients measured or reported; of a log to training
 * requests alone, the others are served with what they brought, their prompts and outputs.
 *
 * @param keepBatches whether the replay keeps the requests of its batches.
 * @returns undefined where no load is known, or too little was measured of it.
 */
export function reconstruct(
  experiment: Experiment,
  context: ServingContext,
  keepBatches: boolean = false,
): Replay | undefined {
  const known = replayed(experiment);
  if (known === undefined) return undefined;
  const { load, windows } = known;
  const { settings } = engineOf(experiment, context);
  const ofRecords = stepTimeOfRecords(experiment);
  const reference = ofRecords === undefined ? referenceOf(experiment, known, settings, context) : undefined;
  const stepTime = ofRecords ?? reference?.stepTime;
  if (stepTime === undefined) return undefined;
  const served = serveWindows(load.requests, windows, settings, stepTime, keepBatches);
  const requestUs = reference?.overheadUs ?? lateTokensUs(load, windows, served);
  return replayOf(experiment, known, served, settings, { ...NO_OVERHEADS, requestUs });
}

/**
 * The same with step times that are known, such as those of a program: the batches that an engine makes under them.
 *
 * @returns undefined where no load is known, or too little was measured of it.
 */
export function replayWith(experiment: Experiment, context: ServingContext, timing: KnownTiming): Replay | undefined {
  const known = replayed(experiment);
  if (known === undefined) return undefined;
  const { settings } = engineOf(experiment, context);
  const served = serveWindows(known.load.requests, known.windows, settings, timing.stepTime, timing.keepBatches);
  return replayOf(experiment, known, served, settings, timing.overheads);
}

/** A load, and what of it is replayed. */
interface Replayed {
  readonly load: ClientLoad;
  readonly windows: readonly ReplayWindow[];
}

function replayed(experiment: Experiment): Replayed | undefined {
  const load = clientLoad(experiment);
  if (load === undefined) return undefined;
  const { groups = 0, promptsPerGroup = 0 } = experiment.load ?? {};
  const windows = replayWindows(load, experiment.steps !== undefined, groups * promptsPerGroup);
  return windows.length === 0 || !hasTimes(load, windows) ? undefined : { load, windows };
}

function hasTimes({ requests, measured, splits }: ClientLoad, windows: readonly ReplayWindow[]): boolean {
  if (measured === undefined) return true;
  const { train } = splits;
  const timed = windows.reduce((sum, { observed }) => {
    const [start, end] = [observed[0], Math.min(observed[1], train[1])];
    const us = (at: number): number => measured.firstTokenUs[start + at]! - requests.arrivalUs[start + at]!;
    return sum + Array.from({ length: Math.max(0, end - start) }, (_, at) => us(at)).filter((time) => time > 0).length;
  }, 0);
  return timed >= LEAST_REQUESTS;
}

function referenceOf(
  experiment: Experiment,
  { load, windows }: Replayed,
  settings: EngineSettings,
  context: ServingContext,
): Reference | undefined {
  if (load.measured === undefined) return referenceOfReports(load.requests, windows, settings, context);
  const count = Math.min(MOST_FITTED, load.requests.arrivalUs.length);
  const measured = measuredTimes(load.requests, load.measured, count, load.splits.train);
  if (measured.ttftUs.filter((us) => us > 0).length < LEAST_REQUESTS) return undefined;
  const random = createRandom(SEED).split('replay', experiment.id);
  return fitReference(someRequests(load.requests, [0, count]), settings, context, measured, random);
}

function replayOf(
  { requests }: Experiment,
  { load, windows }: Replayed,
  served: readonly Served[],
  settings: EngineSettings,
  overheads: ClientOverheads,
): Replay {
  const timeline = timelineOfWindows(load.requests.arrivalUs.length, windows, served, settings);
  return Object.freeze({ ...(requests === undefined ? timeline : ofLog(timeline, requests)), overheads });
}

/** Places by row of the log, some of which cannot be served. */
function ofLog(timeline: Timeline, requests: RequestColumns): Timeline {
  const served = servedRows(requests);
  const count = requests.arrivalUs.length;
  const ofAll = (rows: Int32Array): Int32Array => {
    const all = new Int32Array(count).fill(-1);
    for (const [at, row] of served.entries()) all[row] = rows[at]!;
    return all;
  };
  const arrivalHead = new Float64Array(count);
  for (const [at, row] of served.entries()) arrivalHead[row] = timeline.arrivalHead[at]!;
  return {
    ...timeline,
    arrivalRow: ofAll(timeline.arrivalRow),
    firstTokenRow: ofAll(timeline.firstTokenRow),
    lastTokenRow: ofAll(timeline.lastTokenRow),
    arrivalHead,
  };
}

function measuredTimes(
  { arrivalUs }: ServingRequests,
  { firstTokenUs, lastTokenUs }: MeasuredRequests,
  count: number,
  [start, end]: RowRange,
): MeasuredTimes {
  const inSplit = (of: (row: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => (row >= start && row < end ? of(row) : Number.NaN));
  return {
    ttftUs: inSplit((row) => firstTokenUs[row]! - arrivalUs[row]!),
    decodeUs: inSplit((row) => lastTokenUs[row]! - firstTokenUs[row]!),
  };
}
