import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readJson, withFile } from '../../../base/index.ts';
import type { LatencyFigures } from '../../clients/latency-figures.ts';
import type { ClientReport, LoadReports } from '../../clients/load-profile.ts';
import { SUMMARY_FILE } from './lifecycle.ts';

const STAGE_FILE = /^stage_(\d+)_lifecycle_metrics\.json$/;
/** A reported time between tokens is half of the true one where these times the one give the other. */
const HALVED = [1.5, 2.5] as const;

const seconds = z.number().nonnegative();
const distribution = z.object({ mean: seconds, median: seconds, p90: seconds, p99: seconds });
const LATENCY = z.object({
  request_latency: distribution,
  time_to_first_token: distribution,
  time_per_output_token: distribution,
});
const REPORT_SCHEMA = z.object({
  successes: z.object({ count: z.number().int().nonnegative(), latency: z.unknown() }),
  failures: z.object({ count: z.number().int().nonnegative() }),
});

const REPORT: DocumentKind<z.infer<typeof REPORT_SCHEMA>> = {
  schema: REPORT_SCHEMA,
  code: 'data.wrong-summary',
  mend: 'Copy the file again from the run, or remove the folder',
};

/**
 * What inference-perf reported of a whole run and of each of its stages, in `results`. Its clients count two stream events a token,
 * so that the time between tokens it reports is half of what it was: the true mean is (E2E − TTFT) / (output tokens − 1), and the
 * percentiles over requests are those of `time_per_output_token`, times the true mean over the reported one. Where that is no
 * factor of about 2 the figures stand as they were reported.
 *
 * @param outputTokens asked for in each answer.
 * @returns undefined where the run, or one of its stages, has no latencies: nothing completed, or the percentiles are not there.
 * @throws UserError where a file cannot be read.
 */
export function readReports(folder: string, outputTokens: number): LoadReports | undefined {
  const results = join(folder, 'results');
  const summary = join(results, SUMMARY_FILE);
  if (!existsSync(summary)) return undefined;
  const stages = withFile(results, () => readdirSync(results))
    .map((name) => ({ name, stage: Number(STAGE_FILE.exec(name)?.[1] ?? Number.NaN) }))
    .filter(({ stage }) => !Number.isNaN(stage))
    .sort((a, b) => a.stage - b.stage)
    .map(({ name }) => readReport(join(results, name), outputTokens));
  const overall = readReport(summary, outputTokens);
  if (overall === undefined || stages.includes(undefined)) return undefined;
  return { overall, stages: stages.filter((stage) => stage !== undefined) };
}

function readReport(path: string, outputTokens: number): ClientReport | undefined {
  const { successes, failures } = readJson(path, REPORT);
  const latency = LATENCY.safeParse(successes.latency);
  if (!latency.success) return undefined;
  const { request_latency: e2e, time_to_first_token: ttft, time_per_output_token: perToken } = latency.data;
  const trueMean = (e2e.mean - ttft.mean) / (outputTokens - 1);
  const ratio = trueMean / perToken.mean;
  const factor = ratio > HALVED[0] && ratio < HALVED[1] ? ratio : 1;
  return {
    completed: successes.count,
    failed: failures.count,
    ttftMs: figures(ttft),
    itlMs: figures(perToken, factor),
    e2eMs: figures(e2e),
  };
}

function figures({ mean, median, p90, p99 }: z.infer<typeof distribution>, factor = 1): LatencyFigures {
  const inMs = (value: number): number => 1000 * factor * value;
  return { mean: inMs(mean), p50: inMs(median), p90: inMs(p90), p99: inMs(p99) };
}
