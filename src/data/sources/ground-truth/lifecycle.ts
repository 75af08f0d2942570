import { z } from 'zod';
import { type DocumentKind, readJson } from '../../../base/index.ts';
import type { MeasuredLatency } from '../../dataset.ts';

/** What a run's client reported of all its requests. */
export const SUMMARY_FILE = 'summary_lifecycle_metrics.json';

const mean = z.object({ mean: z.number().nonnegative() });

const SUMMARY_SCHEMA = z.object({
  successes: z.object({
    count: z.number().int().nonnegative(),
    latency: z.object({ request_latency: mean, time_to_first_token: mean, inter_token_latency: mean }).nullish(),
    prompt_len: mean.nullish(),
    output_len: mean.nullish(),
  }),
  failures: z.object({ count: z.number().int().nonnegative() }),
});

const SUMMARY: DocumentKind<z.infer<typeof SUMMARY_SCHEMA>> = {
  schema: SUMMARY_SCHEMA,
  code: 'data.wrong-summary',
  mend: 'Copy the file again from the run, or remove the folder',
};

/**
 * Client-side latency of a run, from `summary_lifecycle_metrics.json`; undefined where no request completed.
 *
 * @throws UserError where the file cannot be read or lacks a figure.
 */
export function readMeasuredLatency(path: string): MeasuredLatency | undefined {
  const { successes, failures } = readJson(path, SUMMARY);
  const { latency, prompt_len: prompt, output_len: output } = successes;
  if (!latency || !prompt || !output) return undefined;
  return {
    e2eMs: latency.request_latency.mean * 1000,
    ttftMs: latency.time_to_first_token.mean * 1000,
    itlMs: latency.inter_token_latency.mean * 1000,
    completed: successes.count,
    failed: failures.count,
    meanPromptTokens: prompt.mean,
    meanOutputTokens: output.mean,
  };
}
