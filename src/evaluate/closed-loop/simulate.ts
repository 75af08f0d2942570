import {
  type ClientOverheads,
  type ClientReport,
  clientLoad,
  type Dataset,
  type EngineChanges,
  engineOf,
  type Experiment,
  type LatencyFigures,
  type MeasuredRequests,
  NO_OVERHEADS,
  REPLAY_STEPS,
  servingContext,
  type SplitName,
} from '../../data/index.ts';
import type { RowRange } from '../../numeric/index.ts';
import { type RequestPaths, serve, type ServingRequests, type StepTime } from '../../serving/index.ts';
import { clientFigures, type ClientFigures, type RequestTimes } from './latencies.ts';

/** What is tried in place of what was. */
export interface WhatIf extends EngineChanges {
  /** How many times as fast the requests come. */
  readonly rate?: number;
}

/** How long steps take, and what clients see beyond them. */
export interface Timing {
  readonly stepTime: StepTime;
  /** Nothing by default. */
  readonly overheads?: ClientOverheads | undefined;
}

/** Signed errors of simulated against measured figures, percent. */
export interface ClosedLoopErrors {
  /** Of the time to the first token; null where either is not known, as in the others. */
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
  /** Null where the load or the server was changed, since nobody measured that. */
  readonly measured: ClientFigures | null;
  /** What the program says. */
  readonly simulated: ClientFigures;
  /** Of what the program says; null where nothing was measured. */
  readonly error: ClosedLoopErrors | null;
  /** Settings that neither the data nor the user says, and what else was assumed. */
  readonly assumed: readonly string[];
}

/**
 * Serves the requests of an experiment, logged or drawn from its load, and compares what clients would see with what they saw.
 *
 * @param split whose requests are judged; all of them are served. Requests are split by arrival, as step records are in time.
 * @returns undefined where the experiment has no request that can be served.
 */
export function closedLoop(
  dataset: Dataset,
  experiment: Experiment,
  { stepTime, overheads = NO_OVERHEADS }: Timing,
  split: SplitName,
  { rate = 1, ...changes }: WhatIf = {},
): ClosedLoop | undefined {
  const load = clientLoad(experiment, rate);
  if (load === undefined) return undefined;
  const { requests, measured, reported, splits } = load;
  const { settings, assumed } = engineOf(experiment, servingContext(dataset, experiment), changes);
  const { requests: paths } = serve(requests, settings, stepTime, { equalSteps: REPLAY_STEPS });
  const judged = splits[split];
  const simulated = clientFigures(asSeen(requests, paths, overheads), judged);
  const isAsMeasured = rate === 1 && Object.values(changes).every((change) => change === undefined);
  const seen = isAsMeasured ? measuredFigures(requests, measured, reported?.overall, judged) : null;
  return {
    id: experiment.id,
    requests: judged[1] - judged[0],
    measured: seen,
    simulated,
    error: seen === null ? null : errorsOf(simulated, seen),
    assumed: [...assumed, ...load.assumed],
  };
}

function measuredFigures(
  { arrivalUs, outputTokens }: ServingRequests,
  measured: MeasuredRequests | undefined,
  report: ClientReport | undefined,
  judged: RowRange,
): ClientFigures | null {
  if (measured !== undefined) return clientFigures({ ...measured, arrivalUs, outputTokens }, judged);
  if (report === undefined) return null;
  const { ttftMs, itlMs, e2eMs } = report;
  return { ttftMs, itlMs, e2eMs, requestsPerS: null, preemptions: null };
}

/** The paths of requests as their clients see them. */
function asSeen(
  { arrivalUs }: ServingRequests,
  { firstTokenUs, lastTokenUs, outputTokens, preemptions }: RequestPaths,
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
  if (simulated === null || measured === null) return null;
  const of = (name: keyof LatencyFigures): number => 100 * (simulated[name] / measured[name] - 1);
  return { mean: of('mean'), p50: of('p50'), p90: of('p90'), p99: of('p99') };
}
