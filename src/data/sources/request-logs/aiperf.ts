import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readJsonIfAny, UserError } from '../../../base/index.ts';
import { type JsonLine, readJsonLines } from '../../files/json-file.ts';
import type { SourceFormat } from '../source.ts';
import { countedNote, hasKey, loggedRun, maybeTime, microseconds } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';

const METRIC = z.object({ value: z.union([z.number(), z.array(z.number())]).nullish(), unit: z.string().nullish() });
const RECORD_SCHEMA = z.object({
  metadata: z.object({
    x_request_id: z.string().nullish(),
    credit_issued_ns: maybeTime,
    request_start_ns: z.number(),
    request_end_ns: maybeTime,
    benchmark_phase: z.string().nullish(),
    was_cancelled: z.boolean().nullish(),
  }),
  metrics: z.record(z.string(), METRIC.nullable()).nullish(),
  error: z.looseObject({}).nullish(),
});
type ProfileRecord = z.infer<typeof RECORD_SCHEMA>;

const RECORD: DocumentKind<ProfileRecord> = {
  schema: RECORD_SCHEMA,
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the run, or remove the line',
};

/** µs in a unit of time as aiperf writes it. */
const UNIT_US: Readonly<Record<string, number>> = {
  ns: 1e-3,
  us: 1,
  ms: 1e3,
  s: 1e6,
  sec: 1e6,
  seconds: 1e6,
};

const SUMMARY = z.object({
  input_config: z.object({ endpoint: z.object({ model_names: z.array(z.string()).min(1) }) }),
});

/**
 * `profile_export.jsonl` of aiperf: one record a line, times in ns since 1970, durations in the unit that each says. What the server
 * reported of lengths goes before the client's count. The model is named in `profile_export_aiperf.json` beside it.
 *
 * Source: ai-dynamo/aiperf, `docs/tutorials/working-with-profile-exports.md`, `aiperf/common/models/record_models.py`.
 */
export const aiperf: SourceFormat = {
  name: 'aiperf',
  meaning: 'profile_export.jsonl of aiperf',
  recognises: ({ text }) =>
    /^\s*\{/.test(text) && hasKey(text, 'metadata') && hasKey(text, 'request_start_ns') && hasKey(text, 'metrics'),
  companions: (path) =>
    ['profile_export_aiperf.json', 'profile_export_aiperf.csv', 'inputs.json'].map((name) => join(dirname(path), name)),
  read: async (path) => {
    const records = await readJsonLines(path, RECORD);
    const measured = records.filter(({ value }) => value.metadata.benchmark_phase !== 'warmup');
    const model = modelBeside(path);
    return [
      {
        ...loggedRun(path, { settings: {}, ...(model !== undefined && { model }) }, { usual: ['profile_export'] }),
        ...requestLog(
          path,
          measured.map(requestOf),
          countedNote(records.length - measured.length, records.length, 'are of the warm-up: left out'),
        ),
      },
    ];
  },
};

function modelBeside(path: string): string | undefined {
  const file = join(dirname(path), 'profile_export_aiperf.json');
  return existsSync(file) ? readJsonIfAny(file, SUMMARY)?.input_config.endpoint.model_names[0] : undefined;
}

function requestOf({ value, place }: JsonLine<ProfileRecord>): LoggedRequest {
  const { metadata, metrics, error } = value;
  const valueOf = (name: string): number | readonly number[] | undefined => metrics?.[name]?.value ?? undefined;
  const count = (...names: readonly string[]): number | undefined =>
    names.map(valueOf).find((found) => typeof found === 'number' && found >= 0) as number | undefined;
  const durations = (name: string): readonly number[] => {
    const found = valueOf(name);
    if (found === undefined) return [];
    const unit = metrics?.[name]?.unit ?? '';
    const us = UNIT_US[unit];
    if (us === undefined) {
      throw new UserError({
        code: 'data.unknown-unit',
        place: { ...place, at: `metrics.${name}.unit` },
        problem: `${JSON.stringify(unit)} is no unit of time that is known`,
        mend: `Write it as one of ${Object.keys(UNIT_US).join(', ')}`,
      });
    }
    return (typeof found === 'number' ? [found] : found).map((duration) => duration * us);
  };
  const sentUs = microseconds(metadata.request_start_ns, 1e-3)!;
  const [ttft] = durations('time_to_first_token');
  const [latency] = durations('request_latency');
  const first = ttft === undefined ? undefined : sentUs + ttft;
  const output = count('usage_completion_tokens', 'output_sequence_length', 'output_token_count');
  const gaps = durations('inter_chunk_latency');
  // Without gaps there was one event, or gaps were not recorded.
  const events = first !== undefined && (gaps.length > 0 || output === 1) ? eventTimes(first, gaps) : undefined;
  const failed = error !== null && error !== undefined;
  return {
    id: metadata.x_request_id ?? undefined,
    arrivalUs: microseconds(metadata.credit_issued_ns, 1e-3) ?? sentUs,
    sentUs,
    firstTokenUs: first,
    lastTokenUs: latency === undefined || first === undefined ? events?.at(-1) : sentUs + latency,
    departedUs: microseconds(metadata.request_end_ns, 1e-3),
    promptTokens: count('usage_prompt_tokens', 'input_sequence_length', 'error_isl'),
    cachedTokens: count('usage_prompt_cache_read_tokens'),
    outputTokens: output,
    outcome: metadata.was_cancelled ? 'cancelled' : failed ? 'failed' : 'ok',
    events,
  };
}

function eventTimes(first: number, gaps: readonly number[]): readonly number[] {
  const times = [first];
  for (const gap of gaps) times.push(times.at(-1)! + gap);
  return times;
}
