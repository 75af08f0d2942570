import type { Dataset, Experiment } from '../dataset.ts';
import type { PointColumns } from '../points/points.ts';
import { REQUEST_COLUMN_NAMES, type RequestColumn, type RequestColumns } from '../requests.ts';
import { splitRanges } from '../split.ts';
import { servedRows } from './served-rows.ts';

/** Times that an answer tells. */
const ANSWERED: readonly RequestColumn[] = [
  'queuedUs',
  'scheduledUs',
  'firstTokenUs',
  'lastTokenUs',
  'departedUs',
  'preemptions',
];

/**
 * The dataset as it may be given to a fit in closed loop: the test requests and points bring their load, and nothing is known of how they were
 * served.
 */
export function withoutTests(dataset: Dataset): Dataset {
  const experiments = dataset.experiments.map((experiment): Experiment => {
    const { requests, points } = experiment;
    return {
      ...experiment,
      ...(requests && { requests: unanswered(requests) }),
      ...(points && { points: unmeasured(points) }),
    };
  });
  return { ...dataset, experiments };
}

/** The test points with their loads alone. */
function unmeasured(points: PointColumns): PointColumns {
  const tests = splitRanges(points.clients.length).test;
  return Object.freeze({
    ...points,
    ttftUs: points.ttftUs.slice().fill(Number.NaN, ...tests),
    tpotUs: points.tpotUs.slice().fill(Number.NaN, ...tests),
  });
}

function unanswered(requests: RequestColumns): RequestColumns {
  const served = servedRows(requests);
  const tests = served.slice(...splitRanges(served.length).test);
  const known = new Map(ANSWERED.map((name) => [name, requests[name].slice()]));
  for (const column of known.values()) for (const row of tests) column[row] = Number.NaN;
  const columns = Object.fromEntries(REQUEST_COLUMN_NAMES.map((name) => [name, known.get(name) ?? requests[name]]));
  return columns as { readonly [C in RequestColumn]: Float64Array };
}
