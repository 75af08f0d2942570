import type { RequestColumns } from '../requests.ts';

/** Ends of engine steps that a request log tells of without any step record. */
export interface StepBoundaries {
  /** Distinct times at which some request got its first or last token, µs, ascending: each is the end of a step. */
  readonly endsUs: Float64Array;
  /** Of them, how many more than one request shares: they went through that step together. */
  readonly shared: number;
}

/**
 * Times at which a step is known to have ended. An engine hands out the tokens of a batch at once, so requests with equal
 * times were in one step. A log by clients, who see tokens at times of their own, shares none: its times are no ends of steps.
 */
export function stepBoundaries({ firstTokenUs, lastTokenUs }: RequestColumns): StepBoundaries {
  const requests = new Map<number, Set<number>>();
  for (const times of [firstTokenUs, lastTokenUs]) {
    for (const [row, us] of times.entries()) {
      if (Number.isNaN(us)) continue;
      const rows = requests.get(us);
      if (rows === undefined) requests.set(us, new Set([row]));
      else rows.add(row);
    }
  }
  return {
    endsUs: Float64Array.from(requests.keys()).sort(),
    shared: [...requests.values()].filter((rows) => rows.size > 1).length,
  };
}
