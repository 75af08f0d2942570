import { z } from 'zod';
import type { DocumentKind } from '../../../base/index.ts';
import { type JsonLine, readJsonLines } from '../../files/json-file.ts';
import type { RunFacts, RunRecords, SourceFormat } from '../source.ts';
import { countedNote, hasKey, loggedRun } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';
import { sglangServerInfo } from './sglang-server-info.ts';
import { checkLengths, refuseSummary, STREAM_ARRAYS, streamedRequest } from './stream-arrays.ts';

const RUN_SCHEMA = z.object({
  ...STREAM_ARRAYS,
  input_lens: STREAM_ARRAYS.input_lens.nullish(),
  ttfts: STREAM_ARRAYS.ttfts.nullish(),
  cached_tokens: z.array(z.number().int().nonnegative().nullable()).nullish(),
  backend: z.string().nullish(),
  server_info: z.record(z.string(), z.unknown()).nullish(),
  total_output_tokens: z.number().nullish(),
  total_output_tokens_retokenized: z.number().nullish(),
});
type Run = z.infer<typeof RUN_SCHEMA>;

const RUN: DocumentKind<Run> = {
  schema: RUN_SCHEMA,
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the run',
};

/** Keys that take room and say nothing here. */
const UNREAD = ['generated_texts', 'cached_tokens_details', 'internal_states'];

/** The engine's own interface; its client knows how many tokens each event has. */
const NATIVE: ReadonlySet<string> = new Set(['sglang', 'sglang-native']);
/** Of equal gaps between tokens, one after another: chance makes none. */
const SPREAD_SHARE = 0.1;
/** A text has about as many tokens for the client as for the server. */
const RETOKENISED_SHARE = 0.9;

/**
 * SGLang's `bench_serving` with details of its output: one JSON object a line for each run. It says no time of sending. Its native
 * backend spreads the gap before an event evenly over the tokens of the event.
 *
 * Source: sgl-project/sglang, `python/sglang/benchmark/serving.py` (before: `bench_serving.py`).
 */
export const sglangBench: SourceFormat = {
  name: 'sglang-bench',
  meaning: "detailed output of SGLang's `bench_serving`",
  recognises: ({ text }) => /^\s*\{/.test(text) && isSglangBench(text),
  read: async (path) => {
    const runs = await readJsonLines(path, RUN, UNREAD);
    return runs.map((run, at) => ({
      ...loggedRun(path, factsOf(run.value), { at, runs: runs.length }),
      ...readRun(run),
    }));
  },
};

/** Whether the beginning of a file is of SGLang's client, not of vLLM's. */
export function isSglangBench(text: string): boolean {
  if (hasKey(text, 'total_output_tokens_retokenized') || hasKey(text, 'sharegpt_output_len')) return true;
  if (!hasKey(text, 'input_lens') || hasKey(text, 'model_id') || hasKey(text, 'start_times')) return false;
  return hasKey(text, 'server_info') || /"request_rate"\s*:\s*(?:Infinity|"trace")/.test(text);
}

function readRun({ value, place }: JsonLine<Run>): Pick<RunRecords, 'requests' | 'notes'> {
  const { input_lens, output_lens, ttfts, itls, errors, cached_tokens, backend } = value;
  if (!input_lens || !ttfts) return refuseSummary(place, 'the benchmark', '`output-details`');
  const arrays = { input_lens, output_lens, ttfts, itls, errors };
  checkLengths({ ...arrays, cached_tokens }, place);
  const spread = backend === undefined || backend === null || NATIVE.has(backend) ? spreadGaps(itls ?? []) : 0;
  const requests = input_lens.map((_, at): LoggedRequest => {
    const request = streamedRequest(arrays, at, undefined);
    return {
      ...request,
      cachedTokens: cached_tokens?.[at] ?? undefined,
      ...(spread > 0 && { events: undefined }),
    };
  });
  return requestLog(place.file!, requests, [
    ...lengthNotes(value),
    ...countedNote(
      spread,
      requests.length,
      'have gaps that are spread over the tokens of a stream event: no token times',
    ),
  ]);
}

function factsOf({ server_info: info }: Run): RunFacts {
  return info ? sglangServerInfo(info) : { settings: {} };
}

/** How many requests have gaps that repeat, where that is more than chance. */
function spreadGaps(itls: readonly (readonly (number | null)[])[]): number {
  let gaps = 0;
  let repeats = 0;
  let requests = 0;
  for (const itl of itls) {
    const own = itl.filter((gap, at) => at > 0 && gap !== null && gap === itl[at - 1]).length;
    gaps += itl.length;
    repeats += own;
    if (own > 0) requests++;
  }
  return repeats > SPREAD_SHARE * gaps ? requests : 0;
}

function lengthNotes({ total_output_tokens: total, total_output_tokens_retokenized: counted }: Run): readonly string[] {
  if (!total || !counted || counted >= RETOKENISED_SHARE * total) return [];
  return [
    `output lengths add up to ${total} tokens, but the texts have ${counted}: they may be the lengths that were asked for, not those generated`,
  ];
}
