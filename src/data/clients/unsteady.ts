import type { ClientReport } from './load-profile.ts';

/** Beyond this share of failed requests, means over the others say nothing of the load that was sent. */
const MOST_FAILED = 0.1;
/** Requests that wait for their first token for longer than for all others queue up for as long as the load lasts. */
const MOST_WAITING = 0.5;

/**
 * Why the means of a report are no figures of a steady state, so that nothing is fitted to them: many requests failed, as they ran
 * into time limits, or the server could not keep up.
 *
 * @returns undefined where they are.
 */
export function whyUnsteady({ completed, failed, ttftMs, e2eMs }: ClientReport): string | undefined {
  if (areManyFailed(failed, completed)) return `${failedShare(failed, completed)} (more than ${100 * MOST_FAILED} %)`;
  if (ttftMs.mean > MOST_WAITING * e2eMs.mean) {
    return `the server could not keep up: ${Math.round((100 * ttftMs.mean) / e2eMs.mean)} % of the time to the last token is the time to the first`;
  }
  return undefined;
}

/** Whether so many requests failed that the server was not up to its load. */
export function areManyFailed(failed: number, completed: number): boolean {
  return failed > MOST_FAILED * (completed + failed);
}

export function failedShare(failed: number, completed: number): string {
  const percent = (100 * failed) / (completed + failed);
  return `${percent < 1 ? percent.toFixed(1) : Math.round(percent)} % of the requests failed`;
}
