import type { ClientFigures, WhatIf } from '../evaluate/index.ts';
import { clientFigures, serveLoad } from '../evaluate/index.ts';
import { type Dataset, type Experiment, servingContext, type SplitName } from '../data/index.ts';
import { type BlisResult, replayInBlis } from './blis-replay.ts';

/** What an experiment's requests are served by beside the engine model here. */
export interface BlisOptions {
  /** The program `blis`. */
  readonly binary: string;
  /** Latency backends of it, in order; default `trained-physics`. */
  readonly backends?: readonly string[];
  /** Seconds that one experiment may take under one backend; default 600. */
  readonly timeoutS?: number;
}

/** Latencies that BLIS gives the requests of an experiment under one of its backends. */
export interface BlisLoop {
  /** Of the experiment. */
  readonly id: string;
  /** Latency backend of BLIS. */
  readonly backend: string;
  /** Requests that are judged, and were completed there. */
  readonly completed: number;
  /** What its clients would see. */
  readonly figures: ClientFigures;
}

const TIMEOUT_S = 600;

/**
 * Serves the requests of an experiment with BLIS, on an engine of the same settings.
 *
 * @returns an entry for each backend; none where the experiment has no requests of the split.
 * @throws UserError as `replayInBlis` does.
 */
export async function blisLoops(
  dataset: Dataset,
  experiment: Experiment,
  split: SplitName,
  { binary, backends = ['trained-physics'], timeoutS = TIMEOUT_S }: BlisOptions,
  changes: WhatIf,
): Promise<readonly BlisLoop[]> {
  // Step times do not matter here: what is wanted is the load and the engine.
  const load = serveLoad(dataset, experiment, { stepTime: () => 1 }, changes);
  if (load === undefined) return [];
  const { requests, splits } = load.load;
  const [start, end] = splits[split];
  if (start === end) return [];
  const loops: BlisLoop[] = [];
  for (const backend of backends) {
    const context = servingContext(dataset, experiment);
    const results = await replayInBlis({ binary, backend, requests, context, settings: load.settings, timeoutS });
    const times = timesOf(results, requests.arrivalUs);
    const completed = times.lastTokenUs.subarray(start, end).filter(Number.isFinite).length;
    loops.push({ id: experiment.id, backend, completed, figures: clientFigures(times, [start, end]) });
  }
  return loops;
}

/** Results by the rows of the requests; NaN of those that were not completed. */
function timesOf(results: readonly BlisResult[], arrivalUs: Float64Array): Parameters<typeof clientFigures>[0] {
  const column = (of: (result: BlisResult) => number): Float64Array => {
    const values = new Float64Array(arrivalUs.length).fill(Number.NaN);
    for (const result of results) values[result.request_id] = of(result);
    return values;
  };
  return {
    arrivalUs,
    firstTokenUs: column(({ request_id: row, ttft_us: us }) => arrivalUs[row]! + us),
    lastTokenUs: column(({ request_id: row, e2e_us: us }) => arrivalUs[row]! + us),
    outputTokens: column(({ output_tokens: count }) => count),
    preemptions: column(() => Number.NaN),
  };
}
