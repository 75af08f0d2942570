import type { StepColumn, StepColumns } from '../../../src/physics/index.ts';
import { COLUMN_NAMES, sampleRecord } from '../sample.ts';

/** A step as a test makes it. */
export interface MadeStep {
  readonly decodeRequests: number;
  /** Of one request. */
  readonly prefillTokens: number;
  readonly cycleUs: number;
  /** Time beyond the cycle until the next step starts. */
  readonly waitedUs: number;
  /** Whether all requests finish with it; the next batch then only prefills. */
  readonly isLast: boolean;
}

/** 12000 + 40·D + 9·P µs. */
export function stepLaw({ decodeRequests, prefillTokens }: Pick<MadeStep, 'decodeRequests' | 'prefillTokens'>): number {
  return 12_000 + 40 * decodeRequests + 9 * prefillTokens;
}

/** Step records with ids from 1, one after another. */
export function madeSteps(made: readonly MadeStep[]): StepColumns {
  let startNs = 1e12;
  const records = made.map((step, at) => {
    const isFirst = made[at - 1]?.isLast === true;
    const decodeRequests = isFirst ? 0 : step.decodeRequests;
    const prefillTokens = isFirst ? Math.max(step.prefillTokens, 1) : step.prefillTokens;
    const prefillRequests = prefillTokens > 0 ? 1 : 0;
    const cycleUs = isFirst ? stepLaw({ decodeRequests, prefillTokens }) : step.cycleUs;
    const record: { [K in StepColumn]: number } = {
      ...sampleRecord(at + 1),
      startNs: Math.round(startNs),
      endNs: Math.round(startNs + 1e5),
      durationUs: 100,
      runningDepth: decodeRequests + prefillRequests,
      waitingDepth: 0,
      decodeRequests,
      decodeTokens: decodeRequests,
      prefillRequests,
      prefillTokens,
      scheduledTokens: decodeRequests + prefillTokens,
      finishedRequests: step.isLast ? decodeRequests + prefillRequests : 0,
    };
    startNs += 1000 * (cycleUs + step.waitedUs);
    return record;
  });
  return Object.fromEntries(
    COLUMN_NAMES.map((name) => [name, Float64Array.from(records, (record) => record[name])]),
  ) as unknown as StepColumns;
}
