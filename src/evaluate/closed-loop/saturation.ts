import type { Served } from '../../serving/index.ts';
import { rowMeans } from './time-bins.ts';

/** From the second quarter of the arrivals to the last: a queue that grows evenly from the start has 2.3. */
const LEAST_GROWTH = 1.5;
/** Of the requests that run; a shorter queue comes and goes. */
const LEAST_SHARE_OF_RUNNING = 0.1;
/** Of all requests: in a long log chance alone lengthens a queue for a while. */
const LEAST_SHARE_OF_REQUESTS = 0.01;

/**
 * Whether requests come faster than they are served, so that latencies say how long the load lasted rather than how fast the server
 * is: over the last three quarters of the time of arrivals the mean queue grows from quarter to quarter, by half in all, to a length
 * that counts. The first quarter fills the batch.
 */
export function isSaturated({ rows, requests: { arrivalUs } }: Served): boolean {
  const time = { startUs: arrivalUs[0] ?? 0, endUs: arrivalUs.at(-1) ?? 0, bins: 4 };
  if (!(time.endUs > time.startUs)) return false;
  const waiting = rowMeans(time, rows, (row) => rows.waitingRequests[row]!);
  const running = rowMeans(time, rows, (row) => rows.prefillRequests[row]! + rows.decodeRequests[row]!);
  const [second, third, last] = waiting.slice(1) as [number, number, number];
  return (
    second < third &&
    third < last &&
    last > LEAST_GROWTH * second &&
    last > LEAST_SHARE_OF_RUNNING * running.at(-1)! &&
    last > LEAST_SHARE_OF_REQUESTS * arrivalUs.length
  );
}
