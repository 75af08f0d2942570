import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type QueueingScore, scoreQueueing } from '../baselines/index.ts';
import { type Dataset, type Experiment, type Journey, journeysOf, readJourneys, traceFiles } from '../data/index.ts';
import { createRandom } from '../numeric/index.ts';
import type { StepColumns } from '../physics/index.ts';
import type { QueueingReport } from './documents.ts';

/** Fewer requests than this say nothing of a queue. */
const LEAST_JOURNEYS = 100;
const SEED = 1;

/**
 * Fits and scores LPIC's queueing model where requests were traced: the dataset has them, or the ground-truth folder tree does that
 * it was imported from.
 */
export async function scoreQueueingTimes(dataset: Dataset, traces: string | undefined): Promise<QueueingReport> {
  const experiments: QueueingScore[] = [];
  const missing: Record<string, string> = {};
  for (const experiment of dataset.experiments) {
    const { id, steps, requests } = experiment;
    if (steps === undefined) continue;
    const own = requests === undefined ? [] : journeysOf(requests);
    if (own.length >= LEAST_JOURNEYS) {
      experiments.push(score(experiment, own, steps));
      continue;
    }
    const files = traces === undefined ? [] : tracesOf(traces, id);
    if (files.length === 0) {
      missing[id] = traces === undefined ? 'no traces given' : `no traces.json for it below ${traces}`;
      continue;
    }
    const journeys = await readJourneys(files);
    if (journeys.length < LEAST_JOURNEYS) {
      const found = `${journeys.length} requests with QUEUED and SCHEDULED events`;
      missing[id] = `${found} in ${files.join(', ')}, ${LEAST_JOURNEYS} needed`;
    } else {
      experiments.push(score(experiment, journeys, steps));
    }
  }
  return { experiments, missing };
}

function score({ id, settings }: Experiment, journeys: readonly Journey[], steps: StepColumns): QueueingScore {
  return scoreQueueing(id, journeys, steps, createRandom(SEED).split('alpha', id), settings);
}

function tracesOf(root: string, id: string): readonly string[] {
  const folders = [join(root, id), ...(basename(root) === id ? [root] : [])].filter((folder) => existsSync(folder));
  return folders.map(traceFiles).find((files) => files.length > 0) ?? [];
}
