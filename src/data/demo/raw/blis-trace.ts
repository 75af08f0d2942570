import type { StagedFolder } from '../../../base/index.ts';
import { clientRequest, type SimulatedRun } from './simulated-run.ts';

const COLUMNS =
  'request_id,client_id,tenant_id,slo_class,session_id,round_index,prefix_group,prefix_length,streaming,input_tokens,output_tokens,text_tokens,image_tokens,audio_tokens,video_tokens,reason_ratio,model,deadline_us,server_input_tokens,arrival_time_us,send_time_us,first_chunk_time_us,last_chunk_time_us,num_chunks,status,error_message,finish_reason';

/** From the event with the last token to the one with the usage. */
const USAGE_US = 30;

/**
 * Writes a run as `blis observe` records one: TraceV2, so a YAML header, a CSV of requests, and a CSV with the time of each stream
 * event. Arrivals count from the start of the run, all other times from 1970, in whole µs. Input tokens are those after the shared
 * prefix. The last event of a stream has the usage and no token.
 *
 * Source: inference-sim/inference-sim, `sim/workload/tracev2.go`, `sim/workload/itl.go`, `cmd/observe.go`.
 *
 * @param path of the files, without their endings.
 */
export function writeBlisTrace(staged: StagedFolder, path: string, run: SimulatedRun): void {
  const { requests, scenario, servedModel, startUs } = run;
  const { workload } = scenario;
  staged.write(
    `${path}.yaml`,
    `trace_version: 3
time_unit: us
created_at: "${new Date(startUs / 1000).toISOString().slice(0, 19)}Z"
mode: real
warm_up_requests: 0
workload_spec: ${workload.name}.yaml
server:
    type: vllm
    model: ${servedModel}
`,
  );
  const data = staged.open(`${path}.csv`);
  const events = staged.open(`${path}.itl.csv`);
  data.write(`${COLUMNS}\n`);
  events.write('request_id,chunk_index,timestamp_us\n');
  const prefix = workload.systemPromptTokens;
  for (let r = 0; r < requests.count; r++) {
    const { sentUs, tokenUs, promptTokens, outputTokens } = clientRequest(run, r);
    const unix = (us: number): number => Math.round(startUs + us);
    const endUs = (tokenUs.at(-1) as number) + USAGE_US;
    const cells = [
      r,
      'demo',
      '',
      '',
      '',
      0,
      `system-${requests.prefixes.of[r]}`,
      prefix,
      true,
      promptTokens - prefix,
      outputTokens,
      promptTokens - prefix,
      0,
      0,
      0,
      0,
      servedModel,
      0,
      promptTokens,
      Math.round(sentUs),
      unix(sentUs),
      unix(tokenUs[0] as number),
      unix(endUs),
      outputTokens + 1,
      'ok',
      '',
      'length',
    ];
    data.write(`${cells.join(',')}\n`);
    for (const [at, us] of tokenUs.entries()) events.write(`${r},${at},${unix(us)}\n`);
    events.write(`${r},${outputTokens},${unix(endUs)}\n`);
  }
  data.close();
  events.close();
}
