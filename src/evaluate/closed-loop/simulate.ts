import {
  type ClientOverheads,
  type ClientReport,
  type ClientLoad,
  clientLoad,
  type Dataset,
  type EngineChanges,
  engineOf,
  type Experiment,
  type LatencyFigures,
  NO_OVERHEADS,
  REPLAY_STEPS,
  servingContext,
  type SplitName,
} from '../../data/index.ts';
import { mean, type RowRange } from '../../numeric/index.ts';
import {
  type EngineSettings,
  type Load,
  type RequestPaths,
  serve,
  type Served,
  type ServingRequests,
  type StepTime,
} from '../../serving/index.ts';
import {
  type Distributions,
  type LatencyQuantiles,
  PERCENT,
  reportedQuantiles,
  requestQuantiles,
} from './distributions.ts';
import { clientFigures, type ClientFigures, type RequestTimes } from './latencies.ts';
import { latencyIntervals, type LatencyIntervals } from './latency-intervals.ts';
import { loadTimeline, type LoadTimeline } from './load-timeline.ts';
import { isSaturated } from './saturation.ts';

/** What is tried in place of what was. */
export interface WhatIf extends EngineChanges {
  /** How many times as fast the requests come. */
  readonly rate?: number;
  /** So many clients send the requests, each its next one when it has the answer to the last; arrivals of the load mean nothing then. */
  readonly clients?: number;
  /** What a client waits from an answer to its next request, s; 0 by default. */
  readonly thinkS?: number;
}

/** How long steps take, and what clients see beyond them. */
export interface Timing {
  readonly stepTime: StepTime;
  /** Nothing by default. */
  readonly overheads?: ClientOverheads | undefined;
}

/** Signed errors of simulated against measured figures, percent. */
export interface ClosedLoopErrors {
  /** Of the time to the first token; null where either is not known or a measured one is 0, as in the others. */
  readonly ttft: LatencyFigures | null;
  /** Of the time between tokens. */
  readonly itl: LatencyFigures | null;
  /** Of the time to the last token. */
  readonly e2e: LatencyFigures | null;
}

/** An experiment in closed loop. */
export interface ClosedLoop {
  /** Of the experiment. */
  readonly id: string;
  /** Requests that are judged. */
  readonly requests: number;
  /** Of them, those that the engine refuses, since they need more KV blocks than there are or a longer context: no figure holds them. */
  readonly refused: number;
  /** Null where the load or the server was changed, since nobody measured that. */
  readonly measured: ClientFigures | null;
  /** What the program says. */
  readonly simulated: ClientFigures;
  /** Of what the program says; null where nothing was measured. */
  readonly error: ClosedLoopErrors | null;
  /** Around the simulated latency of each request; null where single requests were not measured, or something was changed. */
  readonly intervals: LatencyIntervals | null;
  /** How latencies are spread over the requests that are judged. */
  readonly distributions: Distributions;
  /** What the engine did over time. */
  readonly timeline: LoadTimeline;
  /** Whether requests come faster than they are served: latencies then grow for as long as the load lasts. */
  readonly saturated: boolean;
  /** Settings that neither the data nor the user says, and what else was assumed. */
  readonly assumed: readonly string[];
}

/** A load that was served, before anybody's requests are judged. */
export interface ServedLoad {
  readonly id: string;
  readonly load: ClientLoad;
  readonly served: Served;
  readonly settings: EngineSettings;
  readonly assumed: readonly string[];
  /** Nothing was tried in place of what was. */
  readonly isAsMeasured: boolean;
  /** Requests come at times of their own, and not when clients have their answers. */
  readonly isOpen: boolean;
}

/**
 * Serves the requests of an experiment, logged or drawn from its load.
 *
 * @returns undefined where none is known.
 */
export function serveLoad(
  dataset: Dataset,
  experiment: Experiment,
  { stepTime, overheads = NO_OVERHEADS }: Timing,
  { rate = 1, clients, thinkS = 0, ...changes }: WhatIf = {},
): ServedLoad | undefined {
  const load = clientLoad(experiment, rate);
  if (load === undefined) return undefined;
  const { settings, assumed } = engineOf(experiment, servingContext(dataset, experiment), changes);
  const sessions = clients === undefined ? undefined : clientSessions(clients, thinkS, load.requests, overheads);
  const served = serve(load.requests, settings, stepTime, {
    equalSteps: REPLAY_STEPS,
    ...(sessions !== undefined && { load: sessions }),
  });
  return {
    id: experiment.id,
    load,
    served,
    settings,
    assumed: [...assumed, ...load.assumed],
    isAsMeasured: rate === 1 && clients === undefined && Object.values(changes).every((change) => change === undefined),
    isOpen: sessions === undefined,
  };
}

/**
 * Compares what clients would see of a served load with what they saw.
 *
 * @param split whose requests are judged. Requests are split by arrival, as step records are in time.
 * @returns undefined where the split has no request that can be served.
 */
export function judgeLoad(
  { id, load, served, settings, assumed, isAsMeasured, isOpen }: ServedLoad,
  overheads: ClientOverheads,
  split: SplitName,
): ClosedLoop | undefined {
  const judged = load.splits[split];
  if (judged[0] === judged[1]) return undefined;
  const seen = asSeen(served.requests, overheads);
  const simulated = clientFigures(seen, judged);
  const measured = isAsMeasured ? measuredOf(load) : {};
  const figures = measuredFigures(measured, judged);
  return {
    id,
    requests: judged[1] - judged[0],
    refused: served.requests.lastTokenUs.subarray(...judged).filter(Number.isNaN).length,
    measured: figures,
    simulated,
    error: figures === null ? null : errorsOf(simulated, figures),
    intervals: measured.times === undefined ? null : latencyIntervals(seen, measured.times, load.splits.train, judged),
    distributions: {
      percent: PERCENT,
      measured: measuredQuantiles(measured, judged),
      simulated: requestQuantiles(seen, judged),
    },
    timeline: loadTimeline({ rows: served.rows, settings, simulated: seen, measured: measured.times, judged }),
    saturated: isOpen && isSaturated(served),
    assumed,
  };
}

/**
 * Serves the requests of an experiment, and compares what clients of some of them would see with what they saw.
 *
 * @param split whose requests are judged; all of them are served.
 * @returns undefined where the experiment has no request of the split that can be served.
 */
export function closedLoop(
  dataset: Dataset,
  experiment: Experiment,
  timing: Timing,
  split: SplitName,
  whatIf: WhatIf = {},
): ClosedLoop | undefined {
  const served = serveLoad(dataset, experiment, timing, whatIf);
  return served && judgeLoad(served, timing.overheads ?? NO_OVERHEADS, split);
}

/** What is known of how a load went: times of its requests, or what was reported of them. */
interface Measured {
  readonly times?: RequestTimes;
  readonly report?: ClientReport;
}

function measuredOf({ requests: { arrivalUs, outputTokens }, measured, reported }: ClientLoad): Measured {
  if (measured !== undefined) return { times: { ...measured, arrivalUs, outputTokens } };
  return reported === undefined ? {} : { report: reported.overall };
}

function measuredFigures({ times, report }: Measured, judged: RowRange): ClientFigures | null {
  if (times !== undefined) return clientFigures(times, judged);
  if (report === undefined) return null;
  const { ttftMs, itlMs, e2eMs } = report;
  return { ttftMs, itlMs, e2eMs, requestsPerS: null, preemptions: null };
}

function measuredQuantiles({ times, report }: Measured, judged: RowRange): LatencyQuantiles | null {
  if (times !== undefined) return requestQuantiles(times, judged);
  return report === undefined ? null : reportedQuantiles(report);
}

/** Clients that have an answer later than the engine has given it, and so ask again later; by the mean output where tokens take time. */
function clientSessions(
  clients: number,
  thinkS: number,
  { outputTokens }: ServingRequests,
  { requestUs, completionUs, tokenUs }: ClientOverheads,
): Load {
  return { kind: 'closed', clients, thinkUs: 1e6 * thinkS + requestUs + completionUs + tokenUs * mean(outputTokens) };
}

/** The paths of requests as their clients see them. */
function asSeen(
  { arrivalUs, firstTokenUs, lastTokenUs, outputTokens, preemptions }: RequestPaths,
  { requestUs, tokenUs }: ClientOverheads,
): RequestTimes {
  return {
    arrivalUs,
    firstTokenUs: firstTokenUs.map((us) => us + requestUs + tokenUs),
    lastTokenUs: lastTokenUs.map((us, r) => us + requestUs + outputTokens[r]! * tokenUs),
    outputTokens,
    preemptions,
  };
}

function errorsOf(simulated: ClientFigures, measured: ClientFigures): ClosedLoopErrors {
  return {
    ttft: percent(simulated.ttftMs, measured.ttftMs),
    itl: percent(simulated.itlMs, measured.itlMs),
    e2e: percent(simulated.e2eMs, measured.e2eMs),
  };
}

function percent(simulated: LatencyFigures | null, measured: LatencyFigures | null): LatencyFigures | null {
  // Nothing can be said of a time of 0, as clients report it that see several tokens at once.
  if (simulated === null || measured === null || Object.values(measured).some((ms) => !(ms > 0))) return null;
  const of = (name: keyof LatencyFigures): number => 100 * (simulated[name] / measured[name] - 1);
  return { mean: of('mean'), p50: of('p50'), p90: of('p90'), p99: of('p99') };
}
