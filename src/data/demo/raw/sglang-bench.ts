import type { StagedFile } from '../../../base/index.ts';
import { SERVER } from '../server-settings.ts';
import { clientFigures, latencyKeys, timesBetweenTokens, timeToFirstToken } from './client-figures.ts';
import { JsonObjectStream } from './json-stream.ts';
import type { SimulatedRun } from './simulated-run.ts';

/**
 * Writes a run as SGLang's `bench_serving` logs one with details of its output and a cache report: one JSON object, a line. It says
 * nothing of when requests were sent. The simulated server stands in for SGLang's, under the names that this one has for its
 * settings.
 *
 * Source: sgl-project/sglang, `python/sglang/benchmark/serving.py`, `server_args.py`.
 */
export function writeSglangBench(file: StagedFile, run: SimulatedRun): void {
  const { requests, scenario, servedModel } = run;
  const figures = clientFigures(run);
  const { durationS, requests: count, promptTokens, outputTokens } = figures;
  const cachedTokens = requests.cachedTokens.reduce((sum, tokens) => sum + tokens, 0);
  const json = new JsonObjectStream(file);
  json.all({
    tag: null,
    backend: 'sglang-oai',
    dataset_name: 'generated-shared-prefix',
    request_rate: Number((count / durationS).toFixed(3)),
    max_concurrency: null,
    sharegpt_output_len: null,
    random_input_len: 1024,
    random_output_len: 1024,
    random_range_ratio: 0,
    server_info: {
      model_path: servedModel,
      served_model_name: servedModel,
      tp_size: scenario.tp,
      dp_size: 1,
      pp_size: 1,
      ep_size: 1,
      context_length: SERVER.maxModelTokens,
      chunked_prefill_size: SERVER.maxBatchedTokens,
      max_running_requests: SERVER.maxSequences,
      page_size: SERVER.blockTokens,
      disable_radix_cache: false,
      max_total_num_tokens: scenario.kvBlocks * SERVER.blockTokens,
      version: '0.5.9',
    },
    duration: durationS,
    completed: count,
    total_input_tokens: promptTokens,
    total_input_text_tokens: promptTokens,
    total_input_vision_tokens: 0,
    total_output_tokens: outputTokens,
    total_output_tokens_retokenized: outputTokens,
    request_throughput: count / durationS,
    input_throughput: promptTokens / durationS,
    output_throughput: outputTokens / durationS,
    total_throughput: (promptTokens + outputTokens) / durationS,
    ...latencyKeys('e2e_latency', figures.e2e),
    ...latencyKeys('ttft', figures.ttft),
    ...latencyKeys('tpot', figures.tpot),
    ...latencyKeys('itl', figures.itl),
    concurrency: (figures.e2e.mean * count) / 1000 / durationS,
    accept_length: null,
    cache_report: {
      total_prompt_tokens: promptTokens,
      total_cached_tokens: cachedTokens,
      cache_hit_rate_pct: Number(((100 * cachedTokens) / promptTokens).toFixed(2)),
      device_cached_tokens: null,
      host_cached_tokens: null,
      storage_cached_tokens: null,
      storage_backend: null,
    },
  });
  const each = (key: string, value: (request: number) => unknown): void => json.array(key, requests.count, value);
  each('input_lens', (r) => requests.promptTokens[r]);
  each('output_lens', (r) => run.times.tokensOf(r).length);
  each('ttfts', (r) => timeToFirstToken(run, r));
  each('itls', (r) => timesBetweenTokens(run, r));
  each('generated_texts', () => '');
  each('errors', () => '');
  each('cached_tokens', (r) => requests.cachedTokens[r]);
  each('cached_tokens_details', () => null);
  json.end();
  file.write('\n');
  file.close();
}
