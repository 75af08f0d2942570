import type { RequestPaths } from '../../serving/index.ts';
import type { MeasuredLatency } from '../dataset.ts';
import { OUTCOMES, type RequestColumns } from '../requests.ts';
import type { Requests } from './requests.ts';
import { BOOT_NS } from './step-log.ts';

/** One way between client and server. */
const NETWORK_US = 500;
/** Tokenising before the engine has a request; detokenising after it has made a token. */
export const FRONTEND_US = 1500;
/** Between client and engine, one way. */
export const CLIENT_US: number = NETWORK_US + FRONTEND_US;

/** The requests of a run as its clients log them: sent before the engine has them, each token there after the engine made it. */
export function clientLog(
  { count, arrivalUs, promptTokens, cachedTokens }: Requests,
  { firstTokenUs, lastTokenUs, outputTokens, preemptions }: RequestPaths,
): RequestColumns {
  // Times count from the first sending. On the clock of the steps they would lose the digits that its long uptime takes.
  const zeroUs = arrivalUs[0]! - CLIENT_US;
  const sentUs = arrivalUs.map((us) => us - CLIENT_US - zeroUs);
  const seenUs = (madeUs: Float64Array): Float64Array => madeUs.map((us) => us + CLIENT_US - zeroUs);
  const unknown = new Float64Array(count).fill(Number.NaN);
  const last = seenUs(lastTokenUs);
  return Object.freeze({
    arrivalUs: sentUs,
    sentUs,
    queuedUs: unknown,
    scheduledUs: unknown,
    firstTokenUs: seenUs(firstTokenUs),
    lastTokenUs: last,
    departedUs: last,
    promptTokens,
    cachedTokens,
    outputTokens,
    preemptions,
    outcome: new Float64Array(count).fill(OUTCOMES.indexOf('ok')),
    originNs: BOOT_NS + 1000 * zeroUs,
  });
}

/** What a load generator would report of such a log. */
export function latencyOf(log: RequestColumns): MeasuredLatency {
  const { arrivalUs, firstTokenUs, lastTokenUs, promptTokens, outputTokens } = log;
  const n = arrivalUs.length;
  let streamed = 0;
  let e2eUs = 0;
  let ttftUs = 0;
  let itlUs = 0;
  let prompt = 0;
  let output = 0;
  for (let r = 0; r < n; r++) {
    const tokens = outputTokens[r]!;
    e2eUs += lastTokenUs[r]! - arrivalUs[r]!;
    ttftUs += firstTokenUs[r]! - arrivalUs[r]!;
    if (tokens > 1) {
      itlUs += (lastTokenUs[r]! - firstTokenUs[r]!) / (tokens - 1);
      streamed++;
    }
    prompt += promptTokens[r]!;
    output += tokens;
  }
  return Object.freeze({
    e2eMs: e2eUs / n / 1000,
    ttftMs: ttftUs / n / 1000,
    // Two stream events a token: what is reported is half the time between tokens.
    itlMs: itlUs / streamed / 2 / 1000,
    completed: n,
    failed: 0,
    meanPromptTokens: prompt / n,
    meanOutputTokens: output / n,
  });
}
