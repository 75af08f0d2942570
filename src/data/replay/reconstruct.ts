import { createRandom } from '../../numeric/index.ts';
import type { ServingContext } from '../../physics/index.ts';
import { type EngineSettings, type Served, serve, type StepTime } from '../../serving/index.ts';
import { type ClientOverheads, NO_OVERHEADS } from '../clients/overheads.ts';
import { loadOf, servedRows } from '../clients/client-load.ts';
import type { Experiment } from '../dataset.ts';
import type { RequestColumns } from '../requests.ts';
import { splitRanges } from '../split.ts';
import { engineOf } from './engine-of.ts';
import { fitReference, type MeasuredTimes, REPLAY_STEPS } from './reference.ts';
import type { Replay } from './replay.ts';
import { timelineOf } from './timeline.ts';

/** The reference is fitted on the first requests of a longer log: what one replay costs grows with their number. */
const MOST_FITTED = 600;
/** Fewer requests with times say too little of an engine. */
const LEAST_REQUESTS = 20;
const SEED = 1;

/**
 * Replays the request log of an experiment to find the batches that its engine must have made. Only training requests are fitted
 * on; the others are served with what they brought, their prompts and outputs.
 *
 * @returns undefined where the experiment has no log, or too few of its requests have times.
 */
export function reconstruct(experiment: Experiment, context: ServingContext): Replay | undefined {
  const { requests, id } = experiment;
  if (requests === undefined) return undefined;
  const served = servedRows(requests);
  const fitted = served.slice(0, MOST_FITTED);
  const measured = measuredTimes(requests, fitted, splitRanges(served.length).train);
  if (measured.ttftUs.filter((us) => us > 0).length < LEAST_REQUESTS) return undefined;
  const { settings } = engineOf(experiment, context);
  const random = createRandom(SEED).split('replay', id);
  const reference = fitReference(loadOf(requests, fitted), settings, context, measured, random);
  const replayed = serve(loadOf(requests, served), settings, reference.stepTime, { equalSteps: REPLAY_STEPS });
  return replayOf(requests, served, replayed, settings, { ...NO_OVERHEADS, requestUs: reference.overheadUs });
}

/** A log as it was served, with places for every request of it. */
function replayOf(
  requests: RequestColumns,
  served: readonly number[],
  replayed: Served,
  settings: EngineSettings,
  overheads: ClientOverheads,
): Replay {
  const timeline = timelineOf(replayed, settings);
  const ofAll = (rows: Int32Array): Int32Array => {
    const all = new Int32Array(requests.arrivalUs.length).fill(-1);
    for (const [at, row] of served.entries()) all[row] = rows[at]!;
    return all;
  };
  const arrivalHead = new Float64Array(requests.arrivalUs.length);
  for (const [at, row] of served.entries()) arrivalHead[row] = timeline.arrivalHead[at]!;
  return Object.freeze({
    ...timeline,
    arrivalRow: ofAll(timeline.arrivalRow),
    firstTokenRow: ofAll(timeline.firstTokenRow),
    lastTokenRow: ofAll(timeline.lastTokenRow),
    arrivalHead,
    overheads,
  });
}

/**
 * Serves the requests of an experiment with a step time, and notes the batches. What clients see beyond steps stays in what was
 * measured.
 *
 * @returns undefined where it has no requests.
 */
export function replayWith(experiment: Experiment, context: ServingContext, stepTime: StepTime): Replay | undefined {
  const { requests } = experiment;
  if (requests === undefined) return undefined;
  const served = servedRows(requests);
  const { settings } = engineOf(experiment, context);
  const replayed = serve(loadOf(requests, served), settings, stepTime, { equalSteps: REPLAY_STEPS });
  return replayOf(requests, served, replayed, settings, NO_OVERHEADS);
}

function measuredTimes(
  { arrivalUs, firstTokenUs, lastTokenUs }: RequestColumns,
  served: readonly number[],
  [start, end]: readonly [number, number],
): MeasuredTimes {
  const inSplit = (of: (row: number) => number): Float64Array =>
    Float64Array.from(served, (row, at) => (at >= start && at < end ? of(row) : Number.NaN));
  return {
    ttftUs: inSplit((row) => firstTokenUs[row]! - arrivalUs[row]!),
    decodeUs: inSplit((row) => lastTokenUs[row]! - firstTokenUs[row]!),
  };
}
