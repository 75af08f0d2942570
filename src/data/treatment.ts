import { z } from 'zod';

/** How step records become rows to fit; the data themselves stay whole. What is absent has its default. */
export interface Treatment {
  /** Which batch explains the cycle of a step: its own (0, the default) or that of the step before (1). */
  readonly lag?: 0 | 1;
  /** Waits with an empty engine and stalls count as step time; default: they are left out. */
  readonly keepIdle?: boolean;
  /** First steps of each engine that are left out. */
  readonly dropWarmup?: number;
  /** Cycles further from what their batch explains than this many median absolute deviations are left out. */
  readonly dropOutliers?: number;
}

/** Checks a treatment that was written down. */
export const TREATMENT: z.ZodType<Treatment> = z.strictObject({
  lag: z.union([z.literal(0), z.literal(1)]).exactOptional(),
  keepIdle: z.boolean().exactOptional(),
  dropWarmup: z.number().int().positive().exactOptional(),
  dropOutliers: z.number().positive().exactOptional(),
});
