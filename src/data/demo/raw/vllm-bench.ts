import type { StagedFile } from '../../../base/index.ts';
import { SERVER } from '../server-settings.ts';
import { clientFigures, latencyKeys, timesBetweenTokens, timeToFirstToken } from './client-figures.ts';
import { JsonObjectStream } from './json-stream.ts';
import { clientRequest, type SimulatedRun } from './simulated-run.ts';
import { seconds } from './units.ts';

/** `perf_counter` of the client at the start of the run. */
const CLIENT_CLOCK_US = 88_123_000_000;

/**
 * Writes the detailed result of `vllm bench serve`: one JSON object. The server's tensor parallelism, accelerator and limits are
 * metadata that the user gave, since the client does not know them; such values are text.
 *
 * Source: vllm-project/vllm, `vllm/benchmarks/serve.py`.
 */
export function writeVllmBench(file: StagedFile, run: SimulatedRun): void {
  const { requests, scenario, servedModel } = run;
  const figures = clientFigures(run);
  const { durationS, requests: count, promptTokens, outputTokens } = figures;
  const json = new JsonObjectStream(file);
  json.all({
    date: scenario.id.slice(0, 15),
    endpoint_type: 'vllm',
    backend: 'vllm',
    label: null,
    model_id: servedModel,
    tokenizer_id: servedModel,
    num_prompts: count,
    tensor_parallel_size: String(scenario.tp),
    gpu: SERVER.hardware,
    max_num_seqs: String(SERVER.maxSequences),
    max_num_batched_tokens: String(SERVER.maxBatchedTokens),
    max_model_len: String(SERVER.maxModelTokens),
    num_gpu_blocks: String(scenario.kvBlocks),
    request_rate: 'inf',
    burstiness: 1,
    max_concurrency: null,
    duration: durationS,
    completed: count,
    failed: 0,
    total_input_tokens: promptTokens,
    total_output_tokens: outputTokens,
    request_throughput: count / durationS,
    request_goodput: null,
    output_throughput: outputTokens / durationS,
    total_token_throughput: (promptTokens + outputTokens) / durationS,
  });
  const each = (key: string, value: (request: number) => unknown): void => json.array(key, requests.count, value);
  each('input_lens', (r) => requests.promptTokens[r]);
  each('output_lens', (r) => run.times.tokensOf(r).length);
  each('ttfts', (r) => timeToFirstToken(run, r));
  each('itls', (r) => timesBetweenTokens(run, r));
  each('latencies', (r) => {
    const { sentUs, tokenUs } = clientRequest(run, r);
    return seconds((tokenUs.at(-1) as number) - sentUs);
  });
  each('start_times', (r) => seconds(CLIENT_CLOCK_US + clientRequest(run, r).sentUs));
  each('queue_times', () => 0);
  each('generated_texts', () => '');
  each('errors', () => '');
  json.all({
    ...latencyKeys('ttft', figures.ttft),
    ...latencyKeys('tpot', figures.tpot),
    ...latencyKeys('itl', figures.itl),
    ...latencyKeys('e2el', figures.e2e),
  });
  json.end();
  file.close();
}
