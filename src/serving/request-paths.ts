import type { Progress } from './scheduler.ts';

/** How each request went, one row each; times in µs, NaN where it never came to that. */
export interface RequestPaths {
  readonly arrivalUs: Float64Array;
  readonly scheduledUs: Float64Array;
  readonly firstTokenUs: Float64Array;
  readonly lastTokenUs: Float64Array;
  readonly outputTokens: Float64Array;
  readonly preemptions: Float64Array;
  /** The rank that served it; −1 where none could. */
  readonly rank: Int32Array;
  /** Rows of the schedule: the first that it took part in, those that gave its first and its last token; −1 for none. */
  readonly scheduledRow: Int32Array;
  readonly firstTokenRow: Int32Array;
  readonly lastTokenRow: Int32Array;
}

/** The paths of requests that have not begun, to be written as they go. */
export function pathsFrom(arrivalUs: Float64Array, { generated, preemptions }: Progress): RequestPaths {
  const unknown = (): Float64Array => new Float64Array(arrivalUs.length).fill(Number.NaN);
  const nowhere = (): Int32Array => new Int32Array(arrivalUs.length).fill(-1);
  return {
    arrivalUs,
    scheduledUs: unknown(),
    firstTokenUs: unknown(),
    lastTokenUs: unknown(),
    outputTokens: generated,
    preemptions,
    rank: nowhere(),
    scheduledRow: nowhere(),
    firstTokenRow: nowhere(),
    lastTokenRow: nowhere(),
  };
}
