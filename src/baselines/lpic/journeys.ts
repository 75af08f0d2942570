import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileError, type Place, UserError } from '../../base/index.ts';

/** When a request entered the scheduler's queue and when it was first taken from it; server's monotonic clock, s. */
export interface Journey {
  readonly queuedS: number;
  readonly scheduledS: number;
  readonly promptTokens: number;
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly intValue?: string | number; readonly doubleValue?: number; readonly stringValue?: string };
}

interface Span {
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly Attribute[] }[];
}

interface OtlpExport {
  readonly resourceSpans?: readonly { readonly scopeSpans?: readonly { readonly spans?: readonly Span[] }[] }[];
}

const QUEUED = 'journey.QUEUED';
const SCHEDULED = 'journey.SCHEDULED';

/**
 * Reads request journeys from a `traces.json` (one OTLP export a line, streamed): spans with a QUEUED and a SCHEDULED event. A
 * request that was never scheduled is left out.
 *
 * @returns ascending in time of queueing; empty where requests were not traced.
 * @throws UserError where the file cannot be read or a line is not JSON.
 */
export async function readJourneys(path: string): Promise<readonly Journey[]> {
  const journeys: Journey[] = [];
  const input = createReadStream(path, 'utf8');
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      if (text.includes(QUEUED) && text.includes(SCHEDULED)) journeys.push(...journeysOf(text, { file: path, line }));
    }
  } catch (error) {
    throw fileError(error, path);
  } finally {
    input.destroy();
  }
  return journeys.sort((a, b) => a.queuedS - b.queuedS);
}

function journeysOf(text: string, place: Place): readonly Journey[] {
  let document: OtlpExport;
  try {
    document = JSON.parse(text) as OtlpExport;
  } catch (error) {
    throw new UserError({
      code: 'baselines.not-otlp',
      place: place,
      problem: `not an OTLP export: ${(error as Error).message}`,
      mend: 'Give the traces.json as it was exported: one JSON object a line',
    });
  }
  const spans = (document.resourceSpans ?? [])
    .flatMap((resource) => resource.scopeSpans ?? [])
    .flatMap((scope) => scope.spans ?? []);
  return spans.flatMap((span) => journeyOf(span) ?? []);
}

function journeyOf({ events = [] }: Span): Journey | undefined {
  const attributesOf = (name: string): ReadonlyMap<string, number> | undefined => {
    const event = events.find((candidate) => candidate.name === name);
    return event && new Map((event.attributes ?? []).map(({ key, value }) => [key, numberOf(value)]));
  };
  const queued = attributesOf(QUEUED);
  const scheduled = attributesOf(SCHEDULED);
  const queuedS = queued?.get('ts.monotonic');
  const scheduledS = scheduled?.get('ts.monotonic');
  const promptTokens = scheduled?.get('prefill.total_tokens') ?? queued?.get('prefill.total_tokens');
  if (queuedS === undefined || scheduledS === undefined || promptTokens === undefined) return undefined;
  return [queuedS, scheduledS, promptTokens].every(Number.isFinite) ? { queuedS, scheduledS, promptTokens } : undefined;
}

function numberOf({ intValue, doubleValue }: Attribute['value']): number {
  return doubleValue ?? (intValue === undefined ? Number.NaN : Number(intValue));
}
