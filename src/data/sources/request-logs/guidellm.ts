import { checkYaml } from '../../../base/index.ts';
import type { Outcome } from '../../requests.ts';
import { fileHead } from '../../files/file-head.ts';
import { readJsonDocument, readPackedText } from '../../files/json-file.ts';
import type { RunRecords, SourceFormat } from '../source.ts';
import { countedNote, firstOf, hasKey, loggedRun, microseconds } from './fields.ts';
import {
  GUIDELLM_REPORT,
  type GuidellmBenchmark,
  type GuidellmReport,
  type GuidellmRequest,
  type RequestsMade,
} from './guidellm-report.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';

/** Keys that take room and say nothing here. */
const UNREAD = ['output', 'prompt', 'request_args', 'reasoning_output', 'tool_calls', 'metrics'];

/** How requests of each group of a benchmark ended; incomplete ones were cut off with the benchmark. */
const GROUPS = { successful: 'ok', incomplete: 'incomplete', errored: 'failed' } as const satisfies Readonly<
  Record<keyof GuidellmBenchmark['requests'], Outcome>
>;

/**
 * A report of GuideLLM, `benchmarks.json` or `.yaml`: one run for each benchmark in it, with times in seconds since 1970. Requests
 * that were sent before a benchmark's measuring began (warm-up) or after it ended are in it, but are not counted by GuideLLM.
 *
 * Source: vllm-project/guidellm, `benchmark/schemas` and `schemas/request_stats.py`; until 0.3, `benchmark/benchmark.py`.
 */
export const guidellm: SourceFormat = {
  name: 'guidellm',
  meaning: 'report of GuideLLM, in JSON or YAML',
  recognises: ({ text }) => (isJson(text) ? isJsonReport(text) : isYamlReport(text)),
  read: async (path) => {
    const { text } = await fileHead(path);
    const report = isJson(text)
      ? await readJsonDocument(path, GUIDELLM_REPORT, UNREAD)
      : checkYaml(await readPackedText(path), path, GUIDELLM_REPORT);
    const { benchmarks } = report;
    return benchmarks.map((benchmark, at): RunRecords => {
      const model = modelOf(report, benchmark);
      return {
        ...loggedRun(
          path,
          { settings: {}, ...(model !== undefined && { model }) },
          { usual: ['benchmarks'], at, runs: benchmarks.length },
        ),
        ...readBenchmark(path, benchmark),
      };
    });
  },
};

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}

function isJsonReport(text: string): boolean {
  const ofGuidellm = ['guidellm_version', 'successful', 'strategy', 'run_id'].some((key) => hasKey(text, key));
  return /"benchmarks"\s*:\s*\[/.test(text) && (ofGuidellm || text.includes('"generative_benchmark"'));
}

function isYamlReport(text: string): boolean {
  return /^benchmarks:\s*\n\s*- /m.test(text) && /^\s*(?:successful|strategy|run_id|guidellm_version):/m.test(text);
}

function modelOf({ args, config }: GuidellmReport, benchmark: GuidellmBenchmark): string | undefined {
  const named = firstOf(
    benchmark.config?.backend?.model,
    benchmark.worker?.backend_model,
    config?.backend?.model,
    config?.spec?.backend?.model,
    args?.model,
  );
  return named === '' ? undefined : named;
}

function readBenchmark(path: string, benchmark: GuidellmBenchmark): Pick<RunRecords, 'requests' | 'notes'> {
  const groups = Object.keys(GROUPS) as (keyof typeof GROUPS)[];
  const given = groups.flatMap((group) => benchmark.requests[group] ?? []);
  const all = groups.flatMap((group) =>
    (benchmark.requests[group] ?? []).map((request) => requestOf(request, GROUPS[group])),
  );
  const from = microseconds(benchmark.start_time) ?? Number.NEGATIVE_INFINITY;
  const to = microseconds(benchmark.end_time) ?? Number.POSITIVE_INFINITY;
  const measured = all.filter(({ sentUs }) => sentUs === undefined || (sentUs >= from && sentUs <= to));
  const guessed = given.filter(({ output_metrics: usage, output_tokens: output }) => {
    return output && usage && firstOf(usage.total_tokens, usage.text_tokens) === undefined;
  });
  const made = firstOf(benchmark.scheduler_metrics?.requests_made, benchmark.run_stats?.requests_made);
  return requestLog(path, measured, [
    ...countedNote(
      all.length - measured.length,
      all.length,
      'were sent before measuring began or after it ended (warm-up, cool-down): left out',
    ),
    ...countedNote(
      guessed.length,
      all.length,
      'have no output length from the server: GuideLLM took stream events as tokens',
    ),
    ...missingNote(all.length, made),
  ]);
}

function missingNote(there: number, made: RequestsMade | undefined): readonly string[] {
  const { total, successful, incomplete, errored } = made ?? {};
  const all = total ?? (successful ?? 0) + (incomplete ?? 0) + (errored ?? 0);
  return all > there
    ? [`${all - there} of ${all} requests that were made are not in the file (GuideLLM sampled them)`]
    : [];
}

function requestOf(request: GuidellmRequest, outcome: Outcome): LoggedRequest {
  const timings = request.info?.timings;
  const first = timeOf(timings?.first_token_iteration, timings?.first_iteration, request.first_token_time);
  const sentUs = timeOf(timings?.request_start, timings?.resolve_start, request.start_time);
  return {
    id: request.request_id ?? undefined,
    arrivalUs: timeOf(timings?.targeted_start, request.scheduler_info?.targeted_start_time) ?? sentUs,
    sentUs,
    firstTokenUs: first,
    lastTokenUs: timeOf(timings?.last_token_iteration, timings?.last_iteration, request.last_token_time),
    departedUs: timeOf(timings?.request_end, timings?.resolve_end, request.end_time),
    promptTokens: request.prompt_tokens ?? undefined,
    cachedTokens: request.cached_tokens ?? undefined,
    outputTokens: request.output_tokens ?? undefined,
    outcome,
  };
}

/** The first time that is set, in µs. */
function timeOf(...times: readonly (number | null | undefined)[]): number | undefined {
  return microseconds(times.find((time) => typeof time === 'number' && time >= 0));
}
