import type { StagedFile } from '../../../base/index.ts';
import { clientRequest, type SimulatedRun } from './simulated-run.ts';
import { seconds } from './units.ts';

/** The client's monotonic clock at the start of a run. */
const CLIENT_CLOCK_US = 1_733_000_000;

/**
 * Writes `per_request_lifecycle_metrics.json` as inference-perf 0.6 does: an array of requests, with the usage that the server
 * reported and the times of stream events, here one a token. The texts are left out.
 *
 * Source: kubernetes-sigs/inference-perf, `inference_perf/apis/base.py`, `inference_perf/reportgen/base.py`.
 */
export function writeInferencePerf(file: StagedFile, run: SimulatedRun): void {
  file.write('[');
  for (let r = 0; r < run.requests.count; r++) {
    const { sentUs, tokenUs, promptTokens, cachedTokens, outputTokens } = clientRequest(run, r);
    const times = Array.from(tokenUs, (us) => seconds(CLIENT_CLOCK_US + us));
    const entry = {
      start_time: seconds(CLIENT_CLOCK_US + sentUs),
      end_time: times.at(-1),
      request: JSON.stringify({
        model: run.servedModel,
        prompt: '',
        max_tokens: outputTokens,
        ignore_eos: true,
        stream: true,
        stream_options: { include_usage: true },
      }),
      response: null,
      info: {
        request_metrics: { text: { input_tokens: promptTokens }, image: null, video: null, audio: null },
        response_metrics: {
          output_tokens: outputTokens,
          server_usage: {
            prompt_tokens: promptTokens,
            total_tokens: promptTokens + outputTokens,
            completion_tokens: outputTokens,
            prompt_tokens_details: { cached_tokens: cachedTokens },
          },
          response_chunks: [],
          chunk_times: times,
          output_token_times: times,
        },
        extra_info: {},
        lora_adapter: null,
        labels: {},
        input_tokens: promptTokens,
      },
      error: null,
    };
    file.write(`${r === 0 ? '\n' : ',\n'}${JSON.stringify(entry)}`);
  }
  file.write('\n]\n');
  file.close();
}
