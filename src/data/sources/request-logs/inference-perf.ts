import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, withFile } from '../../../base/index.ts';
import { fileHead } from '../../files/file-head.ts';
import { readJsonDocument } from '../../files/json-file.ts';
import type { SourceFormat } from '../source.ts';
import { countedNote, firstOf, hasKey, loggedRun, maybeCount, microseconds } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';

const USAGE = z.object({
  prompt_tokens: maybeCount,
  completion_tokens: maybeCount,
  prompt_tokens_details: z.object({ cached_tokens: maybeCount }).nullish(),
  // Anthropic's names.
  input_tokens: maybeCount,
  output_tokens: maybeCount,
  cache_read_input_tokens: maybeCount,
});

/** From 0.6 on `response_metrics`, in 0.5 `response_info`; before, the same stood in `info` itself. */
const RESPONSE_FIELDS = {
  output_tokens: maybeCount,
  output_token_times: z.array(z.number()).nullish(),
  chunk_times: z.array(z.number()).nullish(),
  server_usage: USAGE.nullish(),
};
const RESPONSE = z.object(RESPONSE_FIELDS);

const REQUEST_SCHEMA = z.object({
  start_time: z.number(),
  end_time: z.number().nullish(),
  info: z
    .object({
      ...RESPONSE_FIELDS,
      input_tokens: maybeCount,
      request_metrics: z.object({ text: z.object({ input_tokens: maybeCount }).nullish() }).nullish(),
      response_metrics: RESPONSE.nullish(),
      response_info: RESPONSE.nullish(),
    })
    .nullish(),
  error: z.object({ error_type: z.string().nullish() }).nullish(),
});
type Request = z.infer<typeof REQUEST_SCHEMA>;

const LOG: DocumentKind<readonly Request[]> = {
  schema: z.array(REQUEST_SCHEMA),
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the run',
};

/** Keys that take room and say nothing here. */
const UNREAD = ['request', 'response', 'response_chunks', 'extra_info'];
const LIFECYCLE_FILE = /^(?:config\.yaml|.*_lifecycle_metrics\.json)$/;

/**
 * The log of each request that inference-perf writes, `per_request_lifecycle_metrics.json`: times are seconds of the client's
 * `perf_counter`. Its own count of output tokens is that of the text, tokenised again, so that the server's usage goes before it;
 * times of tokens repeat those of the stream's events.
 *
 * Source: kubernetes-sigs/inference-perf, `inference_perf/apis/base.py` (0.3, 0.5 and 0.6), `inference_perf/reportgen/base.py`.
 */
export const inferencePerf: SourceFormat = {
  name: 'inference-perf',
  meaning: 'per_request_lifecycle_metrics.json of inference-perf',
  recognises: ({ text }) =>
    /^\s*\[\s*\{/.test(text) &&
    hasKey(text, 'start_time') &&
    hasKey(text, 'end_time') &&
    (hasKey(text, 'info') || hasKey(text, 'request')),
  companions: (path) =>
    withFile(dirname(path), () => readdirSync(dirname(path)))
      .filter((name) => LIFECYCLE_FILE.test(name))
      .map((name) => join(dirname(path), name)),
  read: async (path) => {
    const log = await readJsonDocument(path, LOG, UNREAD);
    const model = modelIn((await fileHead(path)).text);
    return [
      {
        ...loggedRun(
          path,
          { settings: {}, ...(model !== undefined && { model }) },
          { usual: ['per_request_lifecycle_metrics'] },
        ),
        ...requestLog(path, log.map(requestOf), lengthNotes(log)),
      },
    ];
  },
};

/** The model that the first request asks for; a request is JSON text within JSON. */
function modelIn(head: string): string | undefined {
  return /"request"\s*:\s*"\{(?:[^"\\]|\\.)*?\\"model\\"\s*:\s*\\"([^"\\]+)\\"/.exec(head)?.[1];
}

function requestOf({ start_time, end_time, info, error }: Request): LoggedRequest {
  const response = responseOf(info);
  const usage = response?.server_usage;
  const events = eventsOf(response)?.map((time) => time * 1e6);
  const sentUs = microseconds(start_time);
  const failed = error !== null && error !== undefined;
  return {
    arrivalUs: sentUs,
    sentUs,
    firstTokenUs: events?.[0],
    lastTokenUs: events?.at(-1),
    departedUs: microseconds(end_time),
    promptTokens: firstOf(
      usage?.prompt_tokens,
      usage?.input_tokens,
      info?.request_metrics?.text?.input_tokens,
      info?.input_tokens,
    ),
    cachedTokens: firstOf(usage?.prompt_tokens_details?.cached_tokens, usage?.cache_read_input_tokens),
    outputTokens: failed ? undefined : outputOf(info),
    outcome: failed ? (/cancel/i.test(error.error_type ?? '') ? 'cancelled' : 'failed') : 'ok',
    events,
  };
}

type Info = Request['info'];
type Response = z.infer<typeof RESPONSE>;

function responseOf(info: Info): Response | undefined {
  return firstOf<Response>(info?.response_metrics, info?.response_info, info);
}

/** Where the client gave an event's time to each token of it, each time is taken once. */
function eventsOf(response: Response | undefined): readonly number[] | undefined {
  const { chunk_times: chunks, output_token_times: tokens } = response ?? {};
  const times = chunks?.length ? chunks : tokens?.filter((time, at) => time !== tokens[at - 1]);
  return times?.length ? times : undefined;
}

function reported(info: Info): number | undefined {
  const usage = responseOf(info)?.server_usage;
  return firstOf(usage?.completion_tokens, usage?.output_tokens);
}

function outputOf(info: Info): number | undefined {
  return firstOf(reported(info), responseOf(info)?.output_tokens);
}

function lengthNotes(log: readonly Request[]): readonly string[] {
  const answered = log.filter(({ info, error }) => !error && outputOf(info) !== undefined);
  const counted = answered.filter(({ info }) => reported(info) === undefined);
  const corrected = answered.filter(({ info }) => {
    const own = responseOf(info)?.output_tokens;
    return own !== null && own !== undefined && reported(info) !== undefined && own !== reported(info);
  });
  return [
    ...countedNote(
      counted.length,
      log.length,
      'have no output length from the server: that of the text, tokenised again, stands in',
    ),
    ...countedNote(
      corrected.length,
      log.length,
      "have another output length by the client's tokeniser than by the server: the server's is taken",
    ),
  ];
}
