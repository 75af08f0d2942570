import type { Dataset, Experiment } from '../dataset.ts';
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
 * The dataset as it may be given to a fit in closed loop: the test requests bring their load, and nothing is known of how they were
 * served.
 */
export function withoutTests(dataset: Dataset): Dataset {
  const experiments = dataset.experiments.map((experiment): Experiment => {
    const { requests } = experiment;
    return requests === undefined ? experiment : { ...experiment, requests: unanswered(requests) };
  });
  return { ...dataset, experiments };
}

function unanswered(requests: RequestColumns): RequestColumns {
  const served = servedRows(requests);
  const tests = served.slice(...splitRanges(served.length).test);
  const known = new Map(ANSWERED.map((name) => [name, requests[name].slice()]));
  for (const column of known.values()) for (const row of tests) column[row] = Number.NaN;
  const columns = Object.fromEntries(REQUEST_COLUMN_NAMES.map((name) => [name, known.get(name) ?? requests[name]]));
  return columns as { readonly [C in RequestColumn]: Float64Array };
}
