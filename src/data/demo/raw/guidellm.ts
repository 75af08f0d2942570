import type { StagedFile } from '../../../base/index.ts';
import { clientFigures } from './client-figures.ts';
import { uuidOf } from './ids.ts';
import { type ClientRequest, clientRequest, type SimulatedRun } from './simulated-run.ts';
import { milliseconds, seconds } from './units.ts';

/**
 * Writes `benchmarks.json` as GuideLLM 0.7 does (version 2 of its report): one benchmark with all requests. Times are seconds since
 * 1970. Of tokens it keeps the first and the last time and how many events there were; the event with the usage is one of them.
 *
 * Source: vllm-project/guidellm, `benchmark/schemas/report.py`, `benchmark.py`, `schemas/request_stats.py`, `schemas/info.py`.
 */
export function writeGuidellm(file: StagedFile, run: SimulatedRun): void {
  const { requests, scenario, servedModel, startUs } = run;
  const figures = clientFigures(run);
  const first = clientRequest(run, 0);
  const beginS = seconds(startUs + first.sentUs);
  const endS = seconds(startUs + first.sentUs + 1e6 * figures.durationS);
  const counts = { successful: requests.count, incomplete: 0, errored: 0, total: requests.count };
  const backend = { type_: 'openai_http', target: 'http://127.0.0.1:8000', model: servedModel };
  const before = {
    type_: 'generative_benchmark',
    config: {
      id_: uuidOf(`${scenario.id} guidellm benchmark`),
      run_id: uuidOf(`${scenario.id} guidellm run`),
      run_index: 0,
      strategy: { type_: 'trace', time_scale: 1 },
      constraints: {},
      sample_size: null,
      prefer_response_metrics: true,
      backend,
      environment: {},
    },
    scheduler_metrics: {
      start_time: beginS,
      request_start_time: beginS,
      measure_start_time: beginS,
      measure_end_time: endS,
      request_end_time: endS,
      end_time: endS,
      requests_made: counts,
    },
  };
  const metadata = { version: 2, guidellm_version: '0.7.0', python_version: '3.12.11', platform: 'Linux' };
  file.write(`{"metadata":${JSON.stringify(metadata)},"config":${JSON.stringify({ backend })},"benchmarks":[`);
  file.write(`${JSON.stringify(before).slice(0, -1)},"requests":{"successful":[`);
  for (let r = 0; r < requests.count; r++) {
    file.write(`${r === 0 ? '' : ','}${JSON.stringify(requestStats(run, r, clientRequest(run, r)))}`);
  }
  const after = { start_time: beginS, end_time: endS, duration: figures.durationS };
  file.write(`],"incomplete":[],"errored":[],"total":null},${JSON.stringify(after).slice(1)}]}\n`);
  file.close();
}

function requestStats({ scenario, startUs }: SimulatedRun, request: number, sent: ClientRequest): unknown {
  const { sentUs, tokenUs, promptTokens, cachedTokens, outputTokens } = sent;
  const id = uuidOf(`${scenario.id} guidellm request ${request}`);
  const firstUs = tokenUs[0] as number;
  const lastUs = tokenUs.at(-1) as number;
  const unix = (us: number): number => seconds(startUs + us);
  const latencyS = seconds(lastUs - sentUs);
  return {
    type_: 'generative_request_stats',
    request_id: id,
    response_id: null,
    request_args: null,
    output: null,
    reasoning_output: null,
    tool_calls: null,
    info: {
      request_id: id,
      conversation_id: null,
      history_len: 0,
      turn_index: 0,
      node_id: null,
      agent_id: null,
      parent_node_ids: [],
      status: 'completed',
      scheduler_node_id: 0,
      scheduler_process_id: 0,
      scheduler_start_time: unix(0),
      timings: {
        targeted_start: unix(sentUs),
        queued: unix(0),
        dequeued: unix(sentUs),
        scheduled_at: unix(sentUs),
        resolve_start: unix(sentUs),
        request_start: unix(sentUs),
        first_request_iteration: unix(firstUs),
        first_token_iteration: unix(firstUs),
        first_output_token_iteration: unix(firstUs),
        last_token_iteration: unix(lastUs),
        last_request_iteration: unix(lastUs),
        request_iterations: outputTokens + 1,
        token_iterations: outputTokens,
        request_end: unix(lastUs),
        resolve_end: unix(lastUs),
        finalized: unix(lastUs),
      },
      settings: { relative_timestamp: seconds(sentUs), requeue_delay: null },
      error: null,
      traceback: null,
      started_at: unix(sentUs),
      completed_at: unix(lastUs),
    },
    input_metrics: { text_tokens: promptTokens, cached_tokens: cachedTokens, total_tokens: promptTokens },
    output_metrics: { text_tokens: outputTokens, cached_tokens: null, total_tokens: outputTokens },
    request_start_time: unix(sentUs),
    request_end_time: unix(lastUs),
    request_latency: latencyS,
    prompt_tokens: promptTokens,
    cached_tokens: cachedTokens,
    output_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
    time_to_first_token_ms: milliseconds(firstUs - sentUs),
    time_per_output_token_ms: milliseconds(lastUs - sentUs) / outputTokens,
    inter_token_latency_ms: outputTokens > 1 ? milliseconds(lastUs - firstUs) / (outputTokens - 1) : null,
    tokens_per_second: (promptTokens + outputTokens) / latencyS,
    output_tokens_per_second: outputTokens / latencyS,
  };
}
