import { concatColumns, type RowRange } from '../../numeric/index.ts';
import { concatRequests, gatherRequests, type RequestRows, type StepColumns } from '../../physics/index.ts';
import { type EngineSettings, serve, type Served, type ServingRequests, type StepTime } from '../../serving/index.ts';
import { COLUMN_NAMES } from '../steps/column-names.ts';
import { REPLAY_STEPS } from './reference.ts';
import type { Replay } from './replay.ts';
import { timelineOf } from './timeline.ts';
import type { ReplayWindow } from './windows.ts';

/** Some rows of a timeline. */
type Part = Pick<Timeline, 'steps' | 'counts' | 'requests'>;

/** The rows of some windows one after another; places of requests that are not observed are −1. */
export type Timeline = Omit<Replay, 'overheads'>;

/**
 * What came of each window.
 *
 * @param keepBatches whether to keep the requests of each batch.
 */
export function serveWindows(
  requests: ServingRequests,
  windows: readonly ReplayWindow[],
  settings: EngineSettings,
  stepTime: StepTime,
  keepBatches: boolean = false,
): readonly Served[] {
  const options = { equalSteps: REPLAY_STEPS, keepBatches };
  return windows.map(({ served }) => serve(someRequests(requests, served), settings, stepTime, options));
}

/**
 * The batches that the observed requests of some windows took part in.
 *
 * @param count of all requests.
 */
export function timelineOfWindows(
  count: number,
  windows: readonly ReplayWindow[],
  all: readonly Served[],
  settings: EngineSettings,
): Timeline {
  const nowhere = (): Int32Array => new Int32Array(count).fill(-1);
  const places = { arrivalRow: nowhere(), firstTokenRow: nowhere(), lastTokenRow: nowhere() };
  const arrivalHead = new Float64Array(count);
  const parts: Part[] = [];
  let rows = 0;
  for (const [w, { served, observed }] of windows.entries()) {
    const own = timelineOf(all[w]!, settings);
    const isWhole = observed[0] === served[0] && observed[1] === served[1];
    const [first, end] = isWhole ? [0, own.counts.length] : rowsOf(own, observed, served[0]);
    for (let request = observed[0]; request < observed[1]; request++) {
      const at = request - served[0];
      for (const name of ['arrivalRow', 'firstTokenRow', 'lastTokenRow'] as const) {
        const row = own[name][at]!;
        places[name][request] = row < 0 ? -1 : row - first + rows;
      }
      arrivalHead[request] = own.arrivalHead[at]!;
    }
    parts.push({
      steps: someRows(own.steps, [first, end]),
      counts: own.counts.slice(first, end),
      ...(own.requests && { requests: requestsOf(own.requests, [first, end]) }),
    });
    rows += end - first;
  }
  return { ...joined(parts), ...places, arrivalHead };
}

/** Rows from the first to the last that observed requests took part in. */
function rowsOf({ arrivalRow, lastTokenRow }: Timeline, observed: RowRange, from: number): RowRange {
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (let at = observed[0] - from; at < observed[1] - from; at++) {
    if (arrivalRow[at]! < 0 || lastTokenRow[at]! < 0) continue;
    first = Math.min(first, arrivalRow[at]!);
    end = Math.max(end, lastTokenRow[at]! + 1);
  }
  return [Math.min(first, end), end];
}

/** The requests of a range. */
export function someRequests(requests: ServingRequests, [start, end]: RowRange): ServingRequests {
  const { arrivalUs, promptTokens, outputTokens, cachedTokens, prefixes } = requests;
  return {
    arrivalUs: arrivalUs.slice(start, end),
    promptTokens: promptTokens.slice(start, end),
    outputTokens: outputTokens.slice(start, end),
    ...(cachedTokens && { cachedTokens: cachedTokens.slice(start, end) }),
    ...(prefixes && { prefixes: { of: prefixes.of.slice(start, end), tokens: prefixes.tokens } }),
  };
}

function someRows(steps: StepColumns, [start, end]: RowRange): StepColumns {
  return Object.fromEntries(
    COLUMN_NAMES.map((name) => [name, steps[name].slice(start, end)]),
  ) as unknown as StepColumns;
}

function requestsOf(requests: RequestRows, [start, end]: RowRange): RequestRows {
  if (start === 0 && end === requests.offsets.length - 1) return requests;
  return gatherRequests(
    requests,
    Int32Array.from({ length: end - start }, (_, at) => start + at),
  );
}

/** Step ids go on from one part to the next. */
function joined(parts: readonly Part[]): Part {
  const counts = concatColumns(parts.map((part) => part.counts));
  const columns = COLUMN_NAMES.map((name) => [name, concatColumns(parts.map(({ steps }) => steps[name]))]);
  const steps = Object.fromEntries(columns) as unknown as StepColumns;
  let id = 1;
  const stepId = counts.map((count) => {
    const own = id;
    id += count;
    return own;
  });
  const requests = parts.flatMap((part) => part.requests ?? []);
  return {
    steps: Object.freeze({ ...steps, stepId }),
    counts,
    ...(requests.length > 0 && { requests: concatRequests(requests) }),
  };
}
