import { z } from 'zod';
import type { DocumentKind } from '../../../base/index.ts';
import { readJsonLines } from '../../files/json-file.ts';
import type { SourceFormat } from '../source.ts';
import { firstOf, loggedRun, maybeCount, maybeTime, microseconds } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';

const RECORD_SCHEMA = z.object({
  id: z.string().nullish(),
  prompt_tokens: maybeCount,
  completion_tokens: maybeCount,
  cached_tokens: maybeCount,
  e2e_latency: maybeTime,
  queue_time: maybeTime,
  request_received_ts: maybeTime,
  request_finished_ts: maybeTime,
  prefill_finished_ts: maybeTime,
  prefill_finished_time: maybeTime,
  finish_reason: z.union([z.looseObject({ type: z.string().nullish() }), z.string()]).nullish(),
});
type ServerRecord = z.infer<typeof RECORD_SCHEMA>;

const RECORD: DocumentKind<ServerRecord> = {
  schema: RECORD_SCHEMA,
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the server, or remove the line',
};

/** Prompts, as JSON text within JSON, and what was generated. */
const UNREAD = ['request_parameters', 'output_ids', 'output_token_logprobs', 'input_token_logprobs'];

/**
 * The log that an SGLang server writes of each request, `sglang-request-metrics-YYYYMMDD_HH.log`, one JSON object a line, one file an
 * hour. Times are seconds since 1970 on the server's clock; older servers write durations alone.
 *
 * Source: sgl-project/sglang, `python/sglang/srt/managers/request_metrics_exporter.py`.
 */
export const sglangServerLog: SourceFormat = {
  name: 'sglang-server-log',
  meaning: 'sglang-request-metrics-*.log of an SGLang server',
  recognises: ({ text }) => /^\s*\{\s*"request_parameters"\s*:/.test(text),
  read: async (path) => {
    const records = await readJsonLines(path, RECORD, UNREAD);
    return [
      {
        ...loggedRun(path, { settings: { engine: 'sglang' } }),
        ...requestLog(
          path,
          records.map(({ value }) => requestOf(value)),
        ),
      },
    ];
  },
};

function requestOf(record: ServerRecord): LoggedRequest {
  const arrival = microseconds(record.request_received_ts);
  const start = arrival ?? 0;
  const after = (seconds: number | null | undefined): number | undefined => {
    const us = microseconds(seconds);
    return us === undefined ? undefined : start + us;
  };
  const { finish_reason: reason } = record;
  const ending = typeof reason === 'string' ? reason : reason?.type;
  const scheduled = after(record.queue_time);
  return {
    id: record.id ?? undefined,
    arrivalUs: arrival ?? Number.NaN,
    sentUs: start,
    queuedUs: scheduled === undefined ? undefined : start,
    scheduledUs: scheduled,
    firstTokenUs:
      arrival === undefined
        ? undefined
        : microseconds(firstOf(record.prefill_finished_ts, record.prefill_finished_time)),
    departedUs:
      (arrival === undefined ? undefined : microseconds(record.request_finished_ts)) ?? after(record.e2e_latency),
    promptTokens: record.prompt_tokens ?? undefined,
    cachedTokens: record.cached_tokens ?? undefined,
    outputTokens: record.completion_tokens ?? undefined,
    outcome: ending === 'abort' ? 'cancelled' : 'ok',
  };
}
