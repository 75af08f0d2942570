import type { StagedFolder } from '../../../base/index.ts';
import { stageStartsUs } from '../requests.ts';
import { SERVER } from '../server-settings.ts';
import { EVENTS_PER_TOKEN, lifecycleSummary } from './lifecycle.ts';
import { clientRequest, type RunFacts, type SimulatedRun } from './simulated-run.ts';
import { seconds } from './units.ts';
import { serverLog } from './vllm-log.ts';

/** Distinct system prompts, and questions to each of them. */
const GROUPS = 10;
/** The client's monotonic clock at the start of a run. */
const CLIENT_CLOCK_US = 4_211_000_000;
/** From the event with a token to the empty one that follows it. */
const SECOND_EVENT_US = 5;

/** Where the traces of an experiment go, below its folder. */
export const TRACE_FILE = 'traces.json';

/**
 * Writes the files of an experiment's folder in a ground-truth tree, all but the traces. There is no `kv_events.jsonl`: the
 * simulated cache counts blocks, it does not know what is in them.
 *
 * @param folder of the experiment, within the staged one.
 */
export function writeGroundTruth(staged: StagedFolder, folder: string, run: SimulatedRun): void {
  const write = (path: string, content: string): void => staged.write(`${folder}/${path}`, content);
  write('exp-config.yaml', experimentConfig(run));
  write('profile.yaml', `${JSON.stringify(profile(run))}\n`);
  write('vllm.log', serverLog(run));
  write('results/config.yaml', resolvedConfig(run));
  const all = Array.from({ length: run.requests.count }, (_, r) => r);
  write('results/summary_lifecycle_metrics.json', pretty(lifecycleSummary(run, all)));
  const starts = stageStartsUs(run.scenario);
  for (const [at, stage] of run.scenario.stages.entries()) {
    const until = starts[at + 1] ?? Number.POSITIVE_INFINITY;
    const own = all.filter((r) => {
      const arrival = run.requests.arrivalUs[r] as number;
      return arrival >= (starts[at] as number) && arrival < until;
    });
    write(`results/stage_${at}_lifecycle_metrics.json`, pretty(lifecycleSummary(run, own, stage)));
  }
  writePerRequest(staged, `${folder}/results/per_request_lifecycle_metrics.json`, run);
}

function pretty(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function experimentConfig({ scenario, servedModel }: RunFacts): string {
  return `model: ${servedModel}
tensor_parallelism: ${scenario.tp}
max_model_len: ${SERVER.maxModelTokens}
max_num_batched_tokens: ${SERVER.maxBatchedTokens}
max_num_seqs: ${SERVER.maxSequences}
app: inference-perf
`;
}

function profile({ scenario, servedModel }: RunFacts): unknown {
  const { workload, stages } = scenario;
  return {
    api: { streaming: true, type: 'completion' },
    data: {
      shared_prefix: {
        enable_multi_turn_chat: workload.historyTurns > 0,
        num_unique_system_prompts: GROUPS,
        num_users_per_system_prompt: GROUPS,
        output_len: workload.outputTokens,
        question_len: workload.questionTokens,
        system_prompt_len: workload.systemPromptTokens,
      },
      type: 'shared_prefix',
    },
    load: { stages: stages.map(({ rate, durationS }) => ({ duration: durationS, rate })), type: 'constant' },
    report: { request_lifecycle: { per_request: true, per_stage: true, summary: true } },
    server: { base_url: 'http://127.0.0.1:8000', ignore_eos: true, model_name: servedModel, type: 'vllm' },
    storage: { local_storage: { path: 'results' } },
    tokenizer: { pretrained_model_name_or_path: servedModel },
  };
}

function resolvedConfig({ scenario, servedModel }: RunFacts): string {
  const { workload, stages } = scenario;
  return `api:
  type: completion
  streaming: true
  headers: null
data:
  type: shared_prefix
  shared_prefix:
    num_groups: ${GROUPS}
    num_prompts_per_group: ${GROUPS}
    system_prompt_len: ${workload.systemPromptTokens}
    question_len: ${workload.questionTokens}
    output_len: ${workload.outputTokens}
load:
  type: constant
  interval: 1.0
  stages:
${stages.map(({ rate, durationS }) => `  - rate: ${rate}\n    duration: ${durationS}\n`).join('')}report:
  request_lifecycle:
    summary: true
    per_stage: true
    per_request: true
storage:
  local_storage:
    path: results
server:
  type: vllm
  model_name: ${servedModel}
  base_url: http://127.0.0.1:8000
  ignore_eos: true
tokenizer:
  pretrained_model_name_or_path: ${servedModel}
`;
}

/** One entry for each request as inference-perf 0.3 wrote it, with two events for each token. */
function writePerRequest(staged: StagedFolder, path: string, run: SimulatedRun): void {
  const file = staged.open(path);
  file.write('[\n');
  for (let r = 0; r < run.requests.count; r++) {
    const { sentUs, tokenUs, promptTokens, outputTokens } = clientRequest(run, r);
    const times = Array.from({ length: EVENTS_PER_TOKEN * outputTokens }, (_, at) => {
      const token = tokenUs[Math.floor(at / EVENTS_PER_TOKEN)] as number;
      return seconds(CLIENT_CLOCK_US + token + (at % EVENTS_PER_TOKEN) * SECOND_EVENT_US);
    });
    const entry = {
      start_time: seconds(CLIENT_CLOCK_US + sentUs),
      end_time: times.at(-1),
      request: JSON.stringify({
        model: run.servedModel,
        prompt: '',
        max_tokens: outputTokens,
        ignore_eos: true,
        stream: true,
      }),
      response: '',
      info: { input_tokens: promptTokens, output_tokens: outputTokens, output_token_times: times },
      error: null,
    };
    file.write(`${r === 0 ? '' : ',\n'}${JSON.stringify(entry)}`);
  }
  file.write('\n]\n');
  file.close();
}
