import {
  type Dataset,
  type EngineChanges,
  engineOf,
  type Experiment,
  loadOf,
  REPLAY_STEPS,
  servedRows,
  servingContext,
  type SplitName,
  splitRanges,
} from '../../data/index.ts';
import { serve, type StepTime } from '../../serving/index.ts';
import { clientFigures, type ClientFigures, type LatencyFigures } from './latencies.ts';

/** What is tried in place of what was. */
export interface WhatIf extends EngineChanges {
  /** How many times as fast the requests come. */
  readonly rate?: number;
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
 * Serves the logged requests of an experiment with a step time, and compares what clients would see with what they saw.
 *
 * @param split whose requests are judged; all of them are served. Requests are split by arrival, as step records are in time.
 * @returns undefined where the experiment has no request that can be served.
 */
export function closedLoop(
  dataset: Dataset,
  experiment: Experiment,
  stepTime: StepTime,
  split: SplitName,
  { rate = 1, ...changes }: WhatIf = {},
): ClosedLoop | undefined {
  const { requests } = experiment;
  if (requests === undefined) return undefined;
  const { arrivalUs, cachedTokens } = requests;
  const served = servedRows(requests);
  if (served.length === 0) return undefined;
  const load = loadOf(requests, served, rate);
  const { settings, assumed } = engineOf(experiment, servingContext(dataset, experiment), changes);
  const { requests: paths } = serve(load, settings, stepTime, { equalSteps: REPLAY_STEPS });
  const [start, end] = splitRanges(served.length)[split];
  const judged = served.slice(start, end);
  const simulated = clientFigures(
    { ...paths, arrivalUs: load.arrivalUs },
    judged.map((_, at) => start + at),
  );
  const isAsMeasured = rate === 1 && Object.values(changes).every((change) => change === undefined);
  const measured = isAsMeasured ? clientFigures(requests, judged) : null;
  const left = arrivalUs.length - served.length;
  return {
    id: experiment.id,
    requests: judged.length,
    measured,
    simulated,
    error: measured === null ? null : errorsOf(simulated, measured),
    assumed: [
      ...assumed,
      ...(left > 0 ? [`${left} requests of unknown arrival or length left out`] : []),
      ...(cachedTokens.every(Number.isNaN) && settings.prefixCaching
        ? ['no prompt is in the prefix cache: the log does not say']
        : []),
    ],
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
