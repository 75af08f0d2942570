import { readTraces } from './otlp/read-traces.ts';
import type { RequestColumns } from './requests.ts';

/** When a request entered the scheduler's queue and when it was first taken from it; clock of the step records, s. */
export interface Journey {
  readonly queuedS: number;
  readonly scheduledS: number;
  readonly promptTokens: number;
}

/**
 * The ways of requests through the scheduler, ascending in time of queueing. Requests that were never scheduled are left out, and
 * all are where they were not logged on the clock of the step records.
 */
export function journeysOf(requests: RequestColumns): readonly Journey[] {
  const { originNs, queuedUs, scheduledUs, promptTokens } = requests;
  if (originNs === undefined) return [];
  const seconds = (us: number): number => us / 1e6 + originNs / 1e9;
  return Array.from(queuedUs, (queued, row) => ({
    queuedS: seconds(queued),
    scheduledS: seconds(scheduledUs[row]!),
    promptTokens: promptTokens[row]!,
  }))
    .filter((journey) => Object.values(journey).every(Number.isFinite))
    .sort((a, b) => a.queuedS - b.queuedS);
}

/** @throws UserError where a file cannot be read or is not OTLP in JSON. */
export async function readJourneys(files: readonly string[]): Promise<readonly Journey[]> {
  const { requests } = await readTraces(files);
  return requests === undefined ? [] : journeysOf(requests);
}
