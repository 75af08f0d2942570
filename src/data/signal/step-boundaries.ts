import type { RequestColumns } from '../requests.ts';

/** Ends of engine steps that a request log tells of without any step record. */
export interface StepBoundaries {
  /** Distinct times at which some request got its first or last token, µs, ascending: each is the end of a step. */
  readonly endsUs: Float64Array;
  /** Of them, how many more than one request shares: they went through that step together. */
  readonly shared: number;
}

/** In the log of an engine so many of the times are shared at least; clients see each token at a time of its own. */
const SHARED_BY_ENGINES = 0.02;

/**
 * Times at which a step is known to have ended. An engine hands out the tokens of a batch at once, so requests with equal
 * times were in one step.
 *
 * @returns undefined where next to no times are shared: they are those of clients, and no ends of steps.
 */
export function stepBoundaries({ firstTokenUs, lastTokenUs }: RequestColumns): StepBoundaries | undefined {
  const requests = new Map<number, Set<number>>();
  for (const times of [firstTokenUs, lastTokenUs]) {
    for (const [row, us] of times.entries()) {
      if (Number.isNaN(us)) continue;
      const rows = requests.get(us);
      if (rows === undefined) requests.set(us, new Set([row]));
      else rows.add(row);
    }
  }
  const shared = [...requests.values()].filter((rows) => rows.size > 1).length;
  if (requests.size === 0 || shared < SHARED_BY_ENGINES * requests.size) return undefined;
  return { endsUs: Float64Array.from(requests.keys()).sort(), shared };
}
