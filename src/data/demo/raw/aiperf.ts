import type { StagedFile } from '../../../base/index.ts';
import { hexId, uuidOf } from './ids.ts';
import { clientRequest, type SimulatedRun } from './simulated-run.ts';
import { gaps, milliseconds, unixNano } from './units.ts';

/**
 * Writes `profile_export.jsonl` of `aiperf profile`, a line for each request: times in nanoseconds since 1970, metrics with their
 * units.
 *
 * Source: ai-dynamo/aiperf, `common/models/record_models.py`, `docs/tutorials/working-with-profile-exports.md`.
 */
export function writeAiperf(file: StagedFile, run: SimulatedRun): void {
  const { scenario, startUs } = run;
  for (let r = 0; r < run.requests.count; r++) {
    const { sentUs, tokenUs, promptTokens, outputTokens } = clientRequest(run, r);
    const firstUs = tokenUs[0] as number;
    const lastUs = tokenUs.at(-1) as number;
    const id = `${scenario.id} aiperf ${r}`;
    const before = JSON.stringify({
      session_num: r,
      x_request_id: uuidOf(`${id} request`),
      x_correlation_id: uuidOf(`${id} correlation`),
      conversation_id: uuidOf(`${id} conversation`),
      turn_index: 0,
    });
    const after = JSON.stringify({
      worker_id: `worker_${hexId(scenario.id, 8)}`,
      record_processor_id: `record_processor_${hexId(`${scenario.id} processor`, 8)}`,
      benchmark_phase: 'profiling',
      was_cancelled: false,
      cancellation_time_ns: null,
    });
    // Such integers do not fit a double.
    const at = (us: number): string => unixNano(startUs, us * 1000);
    const times = `"credit_issued_ns":${at(sentUs)},"request_start_ns":${at(sentUs)},"request_ack_ns":null,"request_end_ns":${at(lastUs)}`;
    const metrics = {
      input_sequence_length: { value: promptTokens, unit: 'tokens' },
      time_to_first_token: { value: milliseconds(firstUs - sentUs), unit: 'ms' },
      request_latency: { value: milliseconds(lastUs - sentUs), unit: 'ms' },
      output_token_count: { value: outputTokens, unit: 'tokens' },
      output_sequence_length: { value: outputTokens, unit: 'tokens' },
      ...(outputTokens > 1 && {
        time_to_second_token: { value: milliseconds((tokenUs[1] as number) - firstUs), unit: 'ms' },
        inter_chunk_latency: { value: gaps(tokenUs).map(milliseconds), unit: 'ms' },
        inter_token_latency: { value: milliseconds(lastUs - firstUs) / (outputTokens - 1), unit: 'ms' },
      }),
    };
    const metadata = `${before.slice(0, -1)},${times},${after.slice(1)}`;
    file.write(`{"metadata":${metadata},"metrics":${JSON.stringify(metrics)},"error":null}\n`);
  }
  file.close();
}
