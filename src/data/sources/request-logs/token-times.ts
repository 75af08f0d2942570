import { countedNote } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';

/** A gap between stream events of less than this share of the usual one is within one step of the engine. */
const TINY = 0.25;

type Streamed = LoggedRequest & { readonly events: readonly number[]; readonly outputTokens: number };

/** Events without a token at the ends of a stream. */
interface Ends {
  readonly first: 0 | 1;
  readonly last: 0 | 1;
}

/**
 * Gives requests the times of their tokens where stream events are tokens: judged for a whole log by medians, since one client and
 * one server wrote it. An event beyond the tokens that comes within the step of its neighbour is the role at the beginning of a
 * chat, or the usage at the end, and is left out. Where an event is half a token or several, first and last tokens stay as they are
 * and the times between are not known.
 */
export function withTokenTimes(requests: readonly LoggedRequest[]): {
  readonly requests: readonly LoggedRequest[];
  readonly notes: readonly string[];
} {
  const streamed = requests.filter(isStreamed);
  if (streamed.length === 0) return { requests, notes: withoutCount(requests) };
  const usual = lowerMedian(streamed.map(({ events, outputTokens }) => events.length - outputTokens));
  const fitting = streamed.filter(({ events, outputTokens }) => events.length - outputTokens === usual);
  const ends = usual === 0 ? ({ first: 0, last: 0 } as const) : endsWithoutToken(fitting, usual);
  if (ends === undefined) return { requests, notes: [`no token times: ${mismatch(streamed, usual)}`] };
  const chosen = new Set<LoggedRequest>(fitting);
  return {
    requests: requests.map((request) => (chosen.has(request) ? timed(request as Streamed, ends) : request)),
    notes: [
      ...countedNote(
        ends.first * fitting.length,
        requests.length,
        'have a first stream event without a token: their first token is the one after it',
      ),
      ...countedNote(
        streamed.length - fitting.length,
        requests.length,
        'have another number of stream events than of output tokens: no token times of theirs',
      ),
    ],
  };
}

function isStreamed(request: LoggedRequest): request is Streamed {
  const { events = [], outputTokens = 0, outcome } = request;
  return outcome === 'ok' && events.length > 0 && outputTokens > 0;
}

function withoutCount(requests: readonly LoggedRequest[]): readonly string[] {
  const count = requests.filter(({ events = [], outputTokens }) => events.length > 1 && outputTokens === undefined);
  return countedNote(count.length, requests.length, 'have stream events but no count of output tokens: no token times');
}

function endsWithoutToken(requests: readonly Streamed[], surplus: number): Ends | undefined {
  if (surplus !== 1 && surplus !== 2) return undefined;
  const gap = lowerMedian(requests.map(({ events }) => (events.at(-1)! - events[0]!) / (events.length - 1)));
  const first = lowerMedian(requests.map(({ events }) => events[1]! - events[0]!)) < TINY * gap;
  const last = lowerMedian(requests.map(({ events }) => events.at(-1)! - events.at(-2)!)) < TINY * gap;
  if (surplus === 2) return first && last ? { first: 1, last: 1 } : undefined;
  if (first) return { first: 1, last: 0 };
  return last ? { first: 0, last: 1 } : undefined;
}

function mismatch(requests: readonly Streamed[], surplus: number): string {
  const ratio = lowerMedian(requests.map(({ events, outputTokens }) => events.length / outputTokens));
  if (ratio >= 1.5) return `${ratio.toFixed(1)} stream events an output token, in the median`;
  if (ratio <= 0.9) return `${(1 / ratio).toFixed(1)} output tokens a stream event, in the median`;
  return `a request has ${Math.abs(surplus)} stream events ${surplus > 0 ? 'more' : 'fewer'} than output tokens, in the median`;
}

function timed({ events, ...request }: Streamed, { first, last }: Ends): LoggedRequest {
  const tokenUs = first + last === 0 ? events : events.slice(first, events.length - last);
  return { ...request, tokenUs, firstTokenUs: tokenUs[0], lastTokenUs: tokenUs.at(-1) };
}

/** One of the values, also where their number is even: differences of counts stay whole. */
function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
