import { z } from 'zod';
import type { DocumentKind } from '../../../base/index.ts';
import { engineArguments } from '../engine-arguments.ts';
import { type JsonLine, readJsonLines } from '../../files/json-file.ts';
import type { RunFacts, RunRecords, SourceFormat } from '../source.ts';
import { countedNote, hasKey, loggedRun, microseconds } from './fields.ts';
import type { LoggedRequest } from './logged-request.ts';
import { requestLog } from './request-log.ts';
import { isSglangBench } from './sglang-bench.ts';
import { checkLengths, refuseSummary, STREAM_ARRAYS, streamedRequest } from './stream-arrays.ts';

const seconds = z.array(z.number().nullable()).nullish();
const RUN_SCHEMA = z.looseObject({
  ...STREAM_ARRAYS,
  input_lens: STREAM_ARRAYS.input_lens.nullish(),
  ttfts: STREAM_ARRAYS.ttfts.nullish(),
  start_times: seconds,
  latencies: seconds,
  queue_times: seconds,
  backend: z.string().nullish(),
});
type Run = z.infer<typeof RUN_SCHEMA>;

const RUN: DocumentKind<Run> = {
  schema: RUN_SCHEMA,
  code: 'data.wrong-request-log',
  mend: 'Copy the file again from the run',
};

/** Keys that take room and say nothing here. */
const UNREAD = ['generated_texts'];

/**
 * The detailed result of `vllm bench serve`: one JSON object, or one a line where results were appended. Times are seconds of the
 * client's `perf_counter`, without a meaning of their own; results before 2026 have no `start_times`. `queue_times` is the wait for
 * the client's own limit of concurrency, before the sending. The ready check and warm-up requests are not in it.
 *
 * Source: vllm-project/vllm, `vllm/benchmarks/serve.py`, `vllm/benchmarks/lib/endpoint_request_func.py`.
 */
export const vllmBench: SourceFormat = {
  name: 'vllm-bench',
  meaning: 'detailed result of `vllm bench serve`',
  recognises: ({ text }) => /^\s*\{/.test(text) && isVllmBench(text) && !isSglangBench(text),
  read: async (path) => {
    const runs = await readJsonLines(path, RUN, UNREAD);
    return runs.map((run, at) => ({
      ...loggedRun(path, factsOf(run.value), { at, runs: runs.length }),
      ...readRun(run),
    }));
  },
};

function isVllmBench(text: string): boolean {
  const ofARun = ['model_id', 'num_prompts', 'request_throughput'].every((key) => hasKey(text, key));
  return ofARun || (hasKey(text, 'input_lens') && hasKey(text, 'ttfts'));
}

function readRun({ value, place }: JsonLine<Run>): Pick<RunRecords, 'requests' | 'notes'> {
  const { input_lens, output_lens, ttfts, itls, errors, start_times, latencies, queue_times } = value;
  if (!input_lens || !ttfts) return refuseSummary(place, 'the benchmark', '`save-detailed`');
  const arrays = { input_lens, output_lens, ttfts, itls, errors };
  checkLengths({ ...arrays, start_times, latencies, queue_times }, place);
  const requests = input_lens.map((_, at): LoggedRequest => {
    // Backends that do not note the time leave 0.
    const sentUs = microseconds(start_times?.[at] || undefined);
    const request = streamedRequest(arrays, at, sentUs);
    const latencyUs = microseconds(latencies?.[at]);
    const departedUs = latencyUs ? request.sentUs! + latencyUs : undefined;
    const whole = { ...request, departedUs, lastTokenUs: request.lastTokenUs ?? departedUs };
    return sentUs === undefined ? whole : { ...whole, arrivalUs: sentUs - (microseconds(queue_times?.[at]) ?? 0) };
  });
  const limited = queue_times ? 0 : limitedBy(value['max_concurrency'], requests.length);
  return requestLog(
    place.file!,
    requests,
    countedNote(
      limited,
      requests.length,
      'may have waited for the limit of concurrency before they were sent: arrivals are sendings',
    ),
  );
}

/** Whoever ran it may have named what the server was started with; nothing else in the file says it. */
function factsOf({ backend, ...others }: Run): RunFacts {
  return engineArguments({ ...(backend === 'vllm' && { engine: 'vllm' }), ...others });
}

function limitedBy(concurrency: unknown, requests: number): number {
  return typeof concurrency === 'number' && concurrency < requests ? requests : 0;
}
