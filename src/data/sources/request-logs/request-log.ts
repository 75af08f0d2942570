import { UserError } from '../../../base/index.ts';
import { OUTCOMES, type RequestColumns, requestColumns } from '../../requests.ts';
import { countedNote } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { withTokenTimes } from './token-times.ts';

/** Times of a request in the order in which they come. */
const STAGES = ['sentUs', 'queuedUs', 'scheduledUs', 'firstTokenUs', 'lastTokenUs', 'departedUs'] as const;
/** Clocks are read to the µs, and seconds since 1970 hold no more in a double. */
const TOLERANCE_US = 2;
/** A client that sends a ms before it is due does as it should. */
const EARLY_US = 1000;

/** What is left of the rows after a step, and what to say of it. */
interface Sifted {
  readonly requests: readonly LoggedRequest[];
  readonly notes: readonly string[];
}

/**
 * The requests of a log as columns, with what was found on the way: rows that are there twice, times that go backwards, arrivals
 * that are not known, requests that did not complete.
 *
 * @param path of the log, for the error.
 * @param before what its reader has to say itself.
 * @throws UserError where there is no request.
 */
export function requestLog(
  path: string,
  rows: readonly LoggedRequest[],
  before: readonly string[] = [],
): { readonly requests: RequestColumns; readonly notes: readonly string[] } {
  if (rows.length === 0) {
    throw new UserError({
      code: 'data.no-requests',
      place: { file: path },
      problem: `no requests in it${before.length > 0 ? `: ${before.join('; ')}` : ''}`,
      mend: 'Give the log of a run that sent some',
    });
  }
  const notes = [...before];
  let requests = rows;
  for (const sift of [withoutRepeats, onOneClock, forwardInTime, withTokenTimes, inOrder]) {
    const sifted: Sifted = sift(requests);
    requests = sifted.requests;
    notes.push(...sifted.notes);
  }
  return { requests: requestColumns(requests), notes: [...notes, ...outcomeNotes(requests)] };
}

function withoutRepeats(requests: readonly LoggedRequest[]): Sifted {
  const byId = new Map<string, LoggedRequest>();
  const kept: LoggedRequest[] = [];
  let others = 0;
  for (const request of requests) {
    if (request.id === undefined) {
      kept.push(request);
      continue;
    }
    const known = byId.get(request.id);
    if (known === undefined) byId.set(request.id, request);
    else if (JSON.stringify(known) === JSON.stringify(request)) continue;
    else others++;
    kept.push(request);
  }
  return {
    requests: kept,
    notes: [
      ...countedNote(requests.length - kept.length, requests.length, 'are there twice: kept once'),
      ...countedNote(others, requests.length, 'have the id of another one: kept all'),
    ],
  };
}

/** Times of requests without an arrival count from their own sending: beside others that have one, they say nothing. */
function onOneClock(requests: readonly LoggedRequest[]): Sifted {
  const without = requests.filter((request) => !isPlaced(request));
  if (without.length === 0) return { requests, notes: [] };
  if (without.length === requests.length) {
    return {
      requests,
      notes: [
        'it does not say when requests arrived: latencies hold, but not how many were there at once, nor how long they waited',
      ],
    };
  }
  return {
    requests: requests.map((request) => (isPlaced(request) ? request : timeless(request))),
    notes: countedNote(without.length, requests.length, 'have no time of arrival: no times of theirs'),
  };
}

function isPlaced({ arrivalUs, sentUs }: LoggedRequest): boolean {
  return Number.isFinite(arrivalUs ?? sentUs ?? Number.NaN);
}

function timeless(request: LoggedRequest): LoggedRequest {
  const { promptTokens, cachedTokens, outputTokens, preemptions, outcome, id } = request;
  return { promptTokens, cachedTokens, outputTokens, preemptions, outcome, id };
}

function forwardInTime(requests: readonly LoggedRequest[]): Sifted {
  let early = 0;
  let backward = 0;
  const kept = requests.map((request) => {
    const { arrivalUs, sentUs, ...rest } = request;
    if (arrivalUs !== undefined && sentUs !== undefined && arrivalUs > sentUs + EARLY_US) early++;
    const arrival = arrivalUs !== undefined && sentUs !== undefined ? Math.min(arrivalUs, sentUs) : arrivalUs;
    const whole = { ...rest, sentUs, arrivalUs: arrival };
    if (goesForward(whole)) return whole;
    backward++;
    return { ...timeless(whole), arrivalUs: arrival, sentUs };
  });
  return {
    requests: kept,
    notes: [
      ...countedNote(early, requests.length, 'were sent before they were due: taken as due when they were sent'),
      ...countedNote(backward, requests.length, 'have times that go backwards: nothing after their sending is known'),
    ],
  };
}

function goesForward(request: LoggedRequest): boolean {
  let before = request.arrivalUs ?? Number.NEGATIVE_INFINITY;
  for (const stage of STAGES) {
    const time = request[stage];
    if (time === undefined || Number.isNaN(time)) continue;
    if (time < before - TOLERANCE_US) return false;
    before = time;
  }
  const { events = [] } = request;
  return events.every((time, at) => at === 0 || time >= events[at - 1]! - TOLERANCE_US);
}

function inOrder(requests: readonly LoggedRequest[]): Sifted {
  const arrivals = requests.flatMap(({ arrivalUs, sentUs }) => arrivalUs ?? sentUs ?? []);
  const late = arrivals.filter((arrival, at) => at > 0 && arrival < arrivals[at - 1]!).length;
  return {
    requests,
    notes: countedNote(late, requests.length, 'stand after one that arrived later: sorted by arrival'),
  };
}

function outcomeNotes(requests: readonly LoggedRequest[]): readonly string[] {
  const counts = OUTCOMES.filter((outcome) => outcome !== 'ok').map(
    (outcome) => [outcome, requests.filter((request) => request.outcome === outcome).length] as const,
  );
  const parts = counts.filter(([, count]) => count > 0).map(([outcome, count]) => `${count} ${outcome}`);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return countedNote(all, requests.length, `did not complete (${parts.join(', ')}): kept with their outcome`);
}
