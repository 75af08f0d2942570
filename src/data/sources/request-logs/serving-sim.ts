import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readJson } from '../../../base/index.ts';
import { engineArguments } from '../engine-arguments.ts';
import { readJsonLines } from '../../files/json-file.ts';
import type { RunFacts, RunRecords, SourceFormat } from '../source.ts';
import { microseconds } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';

const seconds = z.number();
const tokens = z.number().int().nonnegative();
const RECORD_SCHEMA = z.object({
  request_id: z.union([z.string(), z.number()]).nullish(),
  input_toks: tokens,
  output_toks: tokens,
  arrival_time: seconds.nullish(),
  queued_ts: seconds,
  scheduled_ts: seconds.nullish(),
  first_token_ts: seconds.nullish(),
  last_token_ts: seconds.nullish(),
});

const RECORD: DocumentKind<z.infer<typeof RECORD_SCHEMA>> = {
  schema: RECORD_SCHEMA,
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the run, or remove the line',
};

const META_SCHEMA = z.object({
  model: z.string().min(1),
  vllm_version: z.string().nullish(),
  engine_kwargs: z.record(z.string(), z.unknown()).nullish(),
  kv_cache: z.record(z.string(), z.unknown()).nullish(),
  hardware: z.object({ device_name: z.string().min(1).nullish() }).nullish(),
});

const META: DocumentKind<z.infer<typeof META_SCHEMA>> = {
  schema: META_SCHEMA,
  code: 'data.wrong-meta',
  mend: 'Copy the file again from the run, or remove it and name model, tensor parallelism and hardware',
};

/**
 * The request log that LLMServingSim's `bench run` takes from a vLLM engine: `requests.jsonl`, beside it `meta.json` with the
 * engine's arguments. `arrival_time` is on the wall clock, all other times on the engine's monotonic one; their offset is the
 * smallest difference of arrival and queueing, since a request is never queued before it has arrived.
 *
 * Source: casys-kaist/LLMServingSim, `bench/`.
 */
export const servingSim: SourceFormat = {
  name: 'llmservingsim',
  meaning: "requests.jsonl of LLMServingSim's `bench run`, with meta.json beside it",
  recognises: ({ text }) => /^\s*\{[^\n]*"input_toks":[^\n]*"queued_ts":/.test(text),
  companions: (path) => ['meta.json', 'timeseries.csv'].map((name) => join(dirname(path), name)),
  read: async (path) => [{ ...metaOf(path), place: path, ...requestLog(path, await readRequests(path)) }],
};

async function readRequests(path: string): Promise<readonly LoggedRequest[]> {
  const read = (await readJsonLines(path, RECORD)).map(({ value }) => value);
  const offset = read.reduce(
    (least, { arrival_time: arrival, queued_ts: queued }) =>
      Math.min(least, queued - (arrival ?? Number.NEGATIVE_INFINITY)),
    Number.POSITIVE_INFINITY,
  );
  return read.map((record): LoggedRequest => {
    const { request_id: id, arrival_time: arrival, queued_ts: queued, last_token_ts: last } = record;
    return {
      id: id === null || id === undefined ? undefined : String(id),
      arrivalUs: microseconds(typeof arrival === 'number' ? arrival + offset : queued),
      queuedUs: microseconds(queued),
      scheduledUs: microseconds(record.scheduled_ts),
      firstTokenUs: microseconds(record.first_token_ts),
      lastTokenUs: microseconds(last),
      promptTokens: record.input_toks,
      outputTokens: record.output_toks,
      outcome: typeof last === 'number' ? 'ok' : 'incomplete',
    };
  });
}

function metaOf(path: string): RunFacts & Pick<RunRecords, 'id'> {
  const folder = dirname(resolve(path));
  const file = join(folder, 'meta.json');
  const id = basename(folder);
  if (!existsSync(file)) return { id, settings: {} };
  const meta = readJson(file, META);
  const { settings, ...facts } = engineArguments({
    ...meta.engine_kwargs,
    ...meta.kv_cache,
    engine_version: meta.vllm_version,
    hardware: meta.hardware?.device_name,
  });
  return {
    id,
    ...facts,
    model: meta.model,
    settings: { engine: 'vllm', ...settings },
  };
}
