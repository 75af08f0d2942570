import { numbersOf, otlpObjects, type Span } from './otlp.ts';

/** When a request entered the scheduler's queue and when it was first taken from it; server's monotonic clock, s. */
export interface Journey {
  readonly queuedS: number;
  readonly scheduledS: number;
  readonly promptTokens: number;
}

/** Name of the spans that follow a request through the engine. */
const SPAN = 'llm_core';
const QUEUED = 'journey.QUEUED';
const SCHEDULED = 'journey.SCHEDULED';

/**
 * Reads request journeys from trace files: spans with a QUEUED and a SCHEDULED event. A request that was never scheduled is left
 * out.
 *
 * @returns ascending in time of queueing; empty where requests were not traced.
 * @throws UserError where a file cannot be read or is not OTLP in JSON.
 */
export async function readJourneys(files: readonly string[]): Promise<readonly Journey[]> {
  const journeys: Journey[] = [];
  for await (const { object } of otlpObjects<Span>(files, SPAN)) {
    const journey = journeyOf(object);
    if (journey !== undefined) journeys.push(journey);
  }
  return journeys.sort((a, b) => a.queuedS - b.queuedS);
}

function journeyOf({ name, events = [] }: Span): Journey | undefined {
  if (name !== SPAN) return undefined;
  const numbers = (wanted: string): ReadonlyMap<string, number | bigint> | undefined => {
    const event = events.find((candidate) => candidate.name === wanted);
    return event && numbersOf(event);
  };
  const queued = numbers(QUEUED);
  const scheduled = numbers(SCHEDULED);
  const queuedS = Number(queued?.get('ts.monotonic'));
  const scheduledS = Number(scheduled?.get('ts.monotonic'));
  const promptTokens = Number(scheduled?.get('prefill.total_tokens') ?? queued?.get('prefill.total_tokens'));
  return [queuedS, scheduledS, promptTokens].every(Number.isFinite) ? { queuedS, scheduledS, promptTokens } : undefined;
}
