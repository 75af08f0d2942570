import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type QueueingScore, readJourneys, scoreQueueing } from '../baselines/index.ts';
import type { Dataset } from '../data/index.ts';
import { createRandom } from '../numeric/index.ts';
import { formatNumber, renderTable } from '../report/index.ts';

/** LPIC's α by experiment, or why there is none. */
export interface QueueingReport {
  readonly experiments: readonly QueueingScore[];
  /** Experiments without a score, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

/** Fewer requests than this say nothing of a queue. */
const LEAST_JOURNEYS = 100;
const SEED = 1;

/**
 * Fits and scores LPIC's queueing model where the ground-truth folder tree has the requests' journeys. A dataset folder holds step
 * records alone, so without that tree there is nothing to fit.
 */
export async function scoreQueueingTimes(dataset: Dataset, traces: string | undefined): Promise<QueueingReport> {
  const experiments: QueueingScore[] = [];
  const missing: Record<string, string> = {};
  for (const { id, steps } of dataset.experiments) {
    if (steps === undefined) continue;
    const path = traces === undefined ? undefined : tracesOf(traces, id);
    if (path === undefined) {
      missing[id] = traces === undefined ? 'no traces given' : `no traces.json for it below ${traces}`;
      continue;
    }
    const journeys = await readJourneys(path);
    if (journeys.length < LEAST_JOURNEYS) {
      missing[id] = `${journeys.length} requests with QUEUED and SCHEDULED events in ${path}, ${LEAST_JOURNEYS} needed`;
    } else {
      experiments.push(scoreQueueing(id, journeys, steps, createRandom(SEED).split('alpha', id)));
    }
  }
  return { experiments, missing };
}

function tracesOf(root: string, id: string): string | undefined {
  const folders = [join(root, id), ...(basename(root) === id ? [root] : [])];
  return folders.map((folder) => join(folder, 'traces.json')).find((path) => existsSync(path));
}

/** The report for the terminal. */
export function queueingText({ experiments, missing }: QueueingReport): string {
  const reasons = [...new Set(Object.values(missing))];
  if (experiments.length === 0) {
    return `Queueing time (LPIC α): not scored, ${reasons.join('; ')}. It needs journey events: --traces with a ground-truth folder tree.`;
  }
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  return `Queueing time (LPIC α), fitted on the first 60 % of the requests, errors on the last 20 %:\n${renderTable(
    [
      { header: 'experiment' },
      ...['requests', 'MAE µs', 'MAE of the mean µs', 'observed µs', 'predicted µs', 'r'].map(right),
    ],
    experiments.map((each) => [
      each.id,
      String(each.requests.test),
      ...[each.maeUs, each.naiveMaeUs, each.meanObservedUs, each.meanPredictedUs].map(formatNumber),
      each.pearson.toFixed(3),
    ]),
  )}`;
}
