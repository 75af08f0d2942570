import { SERVER } from '../server-settings.ts';
import { type RunFacts, VLLM_VERSION } from './simulated-run.ts';

/**
 * The beginning of a log of `vllm serve`, with the lines that say how the engine is set up.
 *
 * Source: vllm-project/vllm, `vllm/v1/core/kv_cache_utils.py` and `vllm/entrypoints/utils.py`.
 */
export function serverLog({ scenario, servedModel, startUs }: RunFacts): string {
  const tokens = scenario.kvBlocks * SERVER.blockTokens;
  const at = stampOf(startUs - 120e6);
  const ready = stampOf(startUs - 20e6);
  const args = [
    `'model_tag': '${servedModel}'`,
    `'model': '${servedModel}'`,
    `'max_model_len': ${SERVER.maxModelTokens}`,
    `'tensor_parallel_size': ${scenario.tp}`,
    `'block_size': ${SERVER.blockTokens}`,
    `'enable_prefix_caching': True`,
    `'max_num_batched_tokens': ${SERVER.maxBatchedTokens}`,
    `'max_num_seqs': ${SERVER.maxSequences}`,
    `'enable_chunked_prefill': True`,
    `'async_scheduling': False`,
  ].join(', ');
  return [
    `(APIServer pid=1) INFO ${at} [api_server.py:1346] vLLM API server version ${VLLM_VERSION}`,
    `(APIServer pid=1) INFO ${at} [utils.py:253] non-default args: {${args}}`,
    `(EngineCore_DP0 pid=41) INFO ${at} [core.py:97] Initializing a V1 LLM engine (v${VLLM_VERSION}) with config: model='${servedModel}', tensor_parallel_size=${scenario.tp}, pipeline_parallel_size=1, data_parallel_size=1, enable_prefix_caching=True, enable_chunked_prefill=True`,
    `(EngineCore_DP0 pid=41) INFO ${ready} [kv_cache_utils.py:1307] GPU KV cache size: ${withCommas(tokens)} tokens`,
    `(EngineCore_DP0 pid=41) INFO ${ready} [kv_cache_utils.py:1312] Maximum concurrency for ${withCommas(SERVER.maxModelTokens)} tokens per request: ${(tokens / SERVER.maxModelTokens).toFixed(2)}x`,
    `(APIServer pid=1) INFO ${ready} [api_server.py:946] Starting vLLM API server 0 on http://0.0.0.0:8000`,
    '',
  ].join('\n');
}

/** As vLLM stamps its lines, `MM-DD hh:mm:ss`. */
export function stampOf(unixUs: number): string {
  return new Date(Math.floor(unixUs / 1000)).toISOString().slice(5, 19).replace('T', ' ');
}

function withCommas(n: number): string {
  return String(n).replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
}
