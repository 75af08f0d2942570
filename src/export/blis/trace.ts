import type { ServingRequests } from '../../serving/index.ts';

/** Columns of TraceV2 in the order that BLIS reads them (sim/workload/tracev2.go, main of August 2026). */
const COLUMNS = (
  'request_id client_id tenant_id slo_class session_id round_index prefix_group prefix_length streaming input_tokens ' +
  'output_tokens text_tokens image_tokens audio_tokens video_tokens reason_ratio model deadline_us server_input_tokens ' +
  'arrival_time_us send_time_us first_chunk_time_us last_chunk_time_us num_chunks status error_message finish_reason'
).split(' ');

/** Both files of a trace. */
export interface BlisTrace {
  /** YAML. */
  readonly header: string;
  /** CSV. */
  readonly data: string;
}

/**
 * Requests as a TraceV2 that `blis replay` serves: arrivals in whole µs from the first one, and the beginnings that prompts share as
 * groups. What was found in the prefix cache of each request by itself has no place there.
 */
export function blisTrace(requests: ServingRequests, model: string): BlisTrace {
  const { arrivalUs, promptTokens, outputTokens, prefixes } = requests;
  const [firstUs = 0] = arrivalUs;
  const rows = Array.from(arrivalUs, (us, row) => {
    const group = prefixes?.of[row] ?? -1;
    // At least one token of a prompt is its own.
    const shared = group < 0 ? 0 : Math.min(prefixes?.tokens[group] ?? 0, promptTokens[row]! - 1);
    const values: Readonly<Record<string, string | number>> = {
      request_id: row,
      client_id: 'c0',
      tenant_id: 't0',
      slo_class: 'standard',
      round_index: 0,
      prefix_group: shared > 0 ? `p${group}` : '',
      prefix_length: shared,
      streaming: 'true',
      input_tokens: promptTokens[row]! - shared,
      output_tokens: outputTokens[row]!,
      text_tokens: promptTokens[row]! - shared,
      reason_ratio: '0',
      // The simulator makes its own names so, and routes by them.
      model: model.toLowerCase(),
      arrival_time_us: Math.round(us - firstUs),
      status: 'ok',
    };
    return COLUMNS.map((name) => values[name] ?? (TEXTS.has(name) ? '' : 0)).join(',');
  });
  return {
    header: 'trace_version: 2\ntime_unit: microseconds\nmode: generated\nwarm_up_requests: 0\n',
    data: `${[COLUMNS.join(','), ...rows].join('\n')}\n`,
  };
}

const TEXTS: ReadonlySet<string> = new Set(['session_id', 'error_message', 'finish_reason']);
