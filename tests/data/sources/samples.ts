import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ImportOptions } from '../../../src/data/import/import-options.ts';
import { STEP_COLUMNS } from '../../../src/physics/index.ts';
import { COLUMN_NAMES, range, sampleCsv, sampleRecord } from '../sample.ts';

// Two loads on one configuration.
const SERVING_POINTS = `model_path,system,backend,precision,concurrency,batch_size,isl,osl,tp_size,attention_dp_size,ttft_ms,tpot_ms
meta-llama/Llama-2-7b-hf,h100_sxm,vllm,bf16,4,4,600,100,1,1,61,9.1
meta-llama/Llama-2-7b-hf,h100_sxm,vllm,bf16,8,8,600,100,1,1,75,9.9
`;

/** A small valid source of one format, with everything in it that its reader looks at. */
export interface Sample {
  /** Name of the format; `ground-truth` is a folder tree. */
  readonly format: string;
  /** By path below a folder of its own. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** What is imported: one of the files, or a folder of them. */
  readonly source: string;
  /** What it does not say itself; it refuses to be told more. */
  readonly options: ImportOptions;
  /** Files that are of no format alone. */
  readonly companions?: readonly string[];
}

/** Facts that most samples leave open. */
export const SAMPLE_OPTIONS = { model: 'llama-2-7b', tp: 1, hardware: 'H100' } as const;

/** A JSON document; tests change parts of it. */
export type Json = Readonly<Record<string, unknown>>;

export function jsonLines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

// Three requests: two complete with 3 and 2 tokens, the third fails.
export const VLLM_RUN: Json = {
  date: '20260101-000000',
  backend: 'vllm',
  model_id: 'meta-llama/Llama-2-7b-hf',
  tokenizer_id: 'meta-llama/Llama-2-7b-hf',
  num_prompts: 3,
  tp: '2',
  gpu: 'NVIDIA H100 80GB HBM3',
  request_rate: 'inf',
  max_concurrency: null,
  duration: 2,
  completed: 2,
  request_throughput: 1,
  input_lens: [9, 7, 5],
  output_lens: [3, 2, 0],
  ttfts: [0.2, 0.3, 0],
  itls: [[0.01, 0.02], [0.04], []],
  start_times: [5, 5.5, 5.25],
  latencies: [0.25, 0.34, 0],
  queue_times: [0, 0.5, 0],
  generated_texts: ['a "b" NaN', 'c', ''],
  errors: ['', '', 'Bad Request'],
};

export const SGLANG_RUN: Json = {
  tag: null,
  backend: 'sglang',
  request_rate: 4,
  sharegpt_output_len: null,
  server_info: {
    model_path: 'meta-llama/Llama-2-7b-hf',
    tp_size: 2,
    dp_size: 1,
    ep_size: 1,
    page_size: 16,
    max_running_requests: 64,
    chunked_prefill_size: -1,
    disable_radix_cache: false,
    disable_overlap_schedule: false,
    max_total_num_tokens: 1600,
    version: '0.5.4',
  },
  total_output_tokens: 6,
  total_output_tokens_retokenized: 6,
  input_lens: [8, 6],
  output_lens: [3, 2],
  ttfts: [0.1, 0.2],
  itls: [[0.02, 0.03], [0.01]],
  generated_texts: ['a', 'b'],
  errors: ['', ''],
  cached_tokens: [4, 0],
};

function guidellmRequest(id: number, start: number): object {
  return {
    request_id: `r${id}`,
    request_args: '{"stream": true}',
    output: 'text',
    info: {
      status: 'completed',
      timings: {
        targeted_start: start - 0.5,
        request_start: start,
        first_token_iteration: start + 0.25,
        last_token_iteration: start + 0.75,
        token_iterations: 3,
        request_end: start + 1,
        resolve_end: start + 1,
      },
    },
    input_metrics: { total_tokens: 8 },
    output_metrics: { total_tokens: 3 },
    prompt_tokens: 8,
    cached_tokens: 4,
    output_tokens: 3,
  };
}

export const GUIDELLM_REPORT: Json = {
  metadata: { version: 2, guidellm_version: '0.7.3' },
  config: { spec: { backend: { kind: 'openai_http', model: 'meta-llama/Llama-2-7b-hf' } } },
  benchmarks: [
    {
      config: { run_id: 'a', strategy: { type_: 'constant' } },
      start_time: 99,
      end_time: 110,
      scheduler_metrics: { requests_made: { successful: 3, incomplete: 1, errored: 0, total: 4 } },
      metrics: { requests_per_second: { successful: { mean: 1 } } },
      requests: {
        successful: [guidellmRequest(0, 98), guidellmRequest(1, 100), guidellmRequest(2, 101)],
        incomplete: [{ request_id: 'r3', info: { timings: { request_start: 109 } }, prompt_tokens: 8 }],
        errored: [],
      },
    },
  ],
};

export const GUIDELLM_YAML = `args:
  model: meta-llama/Llama-2-7b-hf
benchmarks:
- config:
    run_id: a
    strategy:
      type_: synchronous
  end_time: 110.0
  requests:
    errored: []
    incomplete: []
    successful:
    - request_id: r0
      info:
        timings:
          request_start: 100.0
          first_token_iteration: 100.25
          last_token_iteration: 100.75
          request_end: 101.0
      prompt_tokens: 8
      output_tokens: 3
  start_time: 99.0
metadata:
  version: 1
`;

export const INFERENCE_PERF_LOG: readonly Json[] = [
  {
    start_time: 9,
    end_time: 9.5,
    request: '{"model": "meta-llama/Llama-2-7b-hf", "prompt": "a"}',
    response: 'data: {}',
    info: {
      input_tokens: 8,
      request_metrics: { text: { input_tokens: 8 } },
      response_metrics: {
        output_tokens: 4,
        server_usage: { prompt_tokens: 9, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 2 } },
        response_chunks: ['a', 'b', 'c'],
        chunk_times: [9.1, 9.2, 9.4],
        output_token_times: [9.1, 9.2, 9.4],
      },
    },
    error: null,
  },
  {
    start_time: 9.25,
    end_time: 9.75,
    request: '{}',
    response: null,
    info: null,
    error: { error_type: 'TimeoutError', error_msg: '' },
  },
];

const BLIS_COLUMNS =
  'request_id,client_id,tenant_id,slo_class,session_id,round_index,prefix_group,prefix_length,streaming,input_tokens,output_tokens,text_tokens,image_tokens,audio_tokens,video_tokens,reason_ratio,model,deadline_us,server_input_tokens,arrival_time_us,send_time_us,first_chunk_time_us,last_chunk_time_us,num_chunks,status,error_message,finish_reason';

export const BLIS_FILES: Readonly<Record<string, string>> = {
  'a.csv': `${BLIS_COLUMNS}
5,,,,,0,,2,true,6,2,8,0,0,0,0,m,0,0,1000,1700000000000000,1700000000100000,1700000000200100,3,ok,,stop
6,,,,,0,,0,true,7,0,7,0,0,0,0,m,0,9,1500,1700000000000600,0,0,0,timeout,"slow, too",
`,
  'a.yaml': `trace_version: 3
time_unit: us
mode: real
warm_up_requests: 1
server:
  type: vllm
  model: meta-llama/Llama-2-7b-hf
  tensor_parallel: 2
  max_num_seqs: 64
  block_size: 32
`,
  'a.itl.csv': `request_id,chunk_index,timestamp_us
5,0,1700000000100000
5,2,1700000000200100
5,1,1700000000200000
`,
};

const NS = 1_700_000_000_000_000_000;

export const AIPERF_RECORDS: readonly Json[] = [
  {
    metadata: { x_request_id: 'w', request_start_ns: NS - 1e9, request_end_ns: NS, benchmark_phase: 'warmup' },
    metrics: { input_sequence_length: { value: 8, unit: 'tokens' } },
    error: null,
  },
  {
    metadata: {
      x_request_id: 'a',
      credit_issued_ns: NS,
      request_start_ns: NS + 1_000_000,
      request_end_ns: NS + 9_000_000,
      benchmark_phase: 'profiling',
      was_cancelled: false,
    },
    metrics: {
      input_sequence_length: { value: 8, unit: 'tokens' },
      time_to_first_token: { value: 4, unit: 'ms' },
      inter_chunk_latency: { value: [1, 2000], unit: 'us' },
      request_latency: { value: 0.007, unit: 'sec' },
      output_sequence_length: { value: 3, unit: 'tokens' },
      usage_prompt_tokens: { value: 9, unit: 'tokens' },
    },
    error: null,
  },
  {
    metadata: {
      x_request_id: 'b',
      request_start_ns: NS + 2_000_000,
      request_end_ns: NS + 3_000_000,
      was_cancelled: true,
    },
    metrics: { error_isl: { value: 5, unit: 'tokens' } },
    error: { code: 499, type: 'RequestCancellationError' },
  },
];

const chat = (delta: object): object => ({ response: `data: ${JSON.stringify({ choices: [{ delta }] })}\n\n` });

export const GENAI_PERF_EXPORT: Json = {
  service_kind: 'openai',
  endpoint: 'v1/chat/completions',
  experiments: [
    {
      experiment: { mode: 'concurrency', value: 1 },
      requests: [
        {
          timestamp: 1_000_000,
          request_inputs: { payload: '{"model":"meta-llama/Llama-2-7b-hf","stream":true}' },
          response_timestamps: [3_000_000, 3_001_000, 5_000_000, 5_000_500, 5_001_000],
          response_outputs: [
            chat({ role: 'assistant' }),
            chat({ content: 'I' }),
            chat({ content: ' do' }),
            {
              response:
                'data: {"choices":[],"usage":{"prompt_tokens":8,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}}\n\n',
            },
            { response: 'data: [DONE]\n\n' },
          ],
        },
      ],
    },
  ],
};

export const SGLANG_LOG: readonly Json[] = [
  {
    request_parameters: '{"text": "\\"prompt_tokens\\": 1"}',
    id: 'a',
    finish_reason: { type: 'length', length: 2 },
    prompt_tokens: 8,
    completion_tokens: 2,
    cached_tokens: 4,
    e2e_latency: 0.5,
    queue_time: 0.125,
    request_received_ts: 1_700_000_000.5,
    request_finished_ts: 1_700_000_001,
    prefill_finished_ts: 1_700_000_000.75,
  },
];

const SERVING_SIM_META = {
  model: 'meta-llama/Llama-3.1-8B',
  engine_kwargs: { tensor_parallel_size: 1, max_num_seqs: 128 },
  hardware: { device_name: 'NVIDIA GeForce RTX 4090' },
};
const SERVING_SIM_REQUESTS = range(0, 3).map((at) => ({
  request_id: `r${at}`,
  input_toks: 7 + at,
  output_toks: 2,
  arrival_time: 1000 + at,
  queued_ts: 1 + at,
  scheduled_ts: 1.5 + at,
  first_token_ts: 2 + at,
  last_token_ts: 3 + at,
}));

const RUN = '20260101-120000-llama-2-7b-tp1-chat';
const OTLP_LINE = {
  resourceSpans: [
    {
      scopeSpans: [
        {
          scope: { name: 'vllm.scheduler.step' },
          spans: [
            {
              name: 's',
              events: range(0, 4).map((id) => ({
                timeUnixNano: '1',
                name: 'step.BATCH_SUMMARY',
                attributes: COLUMN_NAMES.map((name) => ({
                  key: STEP_COLUMNS[name],
                  value:
                    name === 'kvUsageRatio'
                      ? { doubleValue: sampleRecord(id)[name] }
                      : { intValue: String(sampleRecord(id)[name]) },
                })),
              })),
            },
          ],
        },
      ],
    },
  ],
};

function parquetSteps(): Uint8Array {
  const columnData = COLUMN_NAMES.map((name) => ({
    name: STEP_COLUMNS[name],
    data: range(0, 4).map((id) => sampleRecord(id)[name]),
    type: 'DOUBLE' as const,
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

const FORWARD_PASSES = range(1, 4).map((counter) => ({
  schema: 'dynamo.fpm.trace.v1',
  source: { namespace: 'n', component: 'c', producer_id: '1' },
  capture_mode: 'full',
  fpm: {
    version: 1,
    worker_id: 'w',
    dp_rank: 0,
    counter_id: counter,
    wall_time: 0.001 * counter,
    scheduled_requests: {
      num_prefill_requests: 1,
      sum_prefill_tokens: 8,
      sum_prefill_kv_tokens: 100,
      num_decode_requests: counter,
      sum_decode_kv_tokens: 200 * counter,
    },
    queued_requests: { num_prefill_requests: 0, num_decode_requests: 0 },
  },
}));

const ITERATIONS = `(APIServer pid=1) INFO 01-02 10:00:00 [utils.py:325] vLLM API server version 0.29.0
(APIServer pid=1) INFO 01-02 10:00:00 [utils.py:261] non-default args: {'model': 'meta-llama/Llama-2-7b-hf', 'tensor_parallel_size': 1}
(EngineCore_DP0 pid=9) INFO 01-02 10:01:00 [core.py:359] Iteration(7): 1 context requests, 512 context tokens, 0 generation requests, 0 generation tokens, iteration elapsed time: 9.10 ms
(EngineCore_DP0 pid=9) INFO 01-02 10:01:00 [core.py:359] Iteration(8): 0 context requests, 0 context tokens, 1 generation requests, 1 generation tokens, iteration elapsed time: 8.25 ms
`;

/** Of AIConfigurator: two passes that prefill, one that decodes. */
function parquetPasses(): Uint8Array {
  const rows: readonly (readonly [kind: string, batch: number, prefill: number, read: number, latency: number])[] = [
    ['prefill', 1, 128, 0, 8],
    ['prefill', 2, 256, 64, 9],
    ['decode', 16, 0, 32_000, 10.5],
  ];
  const text = (name: string, at: (row: number) => string): object => ({
    name,
    data: rows.map((_, row) => at(row)),
    type: 'STRING',
  });
  const numbers = ['batch_size', 'total_prefill_tokens', 'total_kv_read_tokens', 'latency_ms'];
  const columnData = [
    text('model_path', () => 'meta-llama/Llama-2-7b-hf'),
    text('system', () => 'h100_sxm'),
    text('backend', () => 'vllm'),
    text('workload_kind', (row) => rows[row]![0]),
    { name: 'tp', data: rows.map(() => 1), type: 'DOUBLE' },
    ...numbers.map((name, at) => ({ name, data: rows.map((row) => row[at + 1] as number), type: 'DOUBLE' })),
  ];
  return new Uint8Array(
    parquetWriteBuffer({ columnData: columnData as Parameters<typeof parquetWriteBuffer>[0]['columnData'] }),
  );
}

/** One sample, at least, of each format that can be imported. */
export const SAMPLES: readonly Sample[] = [
  {
    format: 'llmservingsim',
    files: { 'run/requests.jsonl': jsonLines(SERVING_SIM_REQUESTS), 'run/meta.json': JSON.stringify(SERVING_SIM_META) },
    source: 'run/requests.jsonl',
    options: {},
    companions: ['run/meta.json'],
  },
  one('otlp', 'traces.json', jsonLines([OTLP_LINE, OTLP_LINE])),
  one('vllm-bench', 'vllm.json', JSON.stringify(VLLM_RUN)),
  one('sglang-bench', 'sglang.jsonl', jsonLines([SGLANG_RUN, SGLANG_RUN])),
  one('guidellm', 'benchmarks.json', JSON.stringify(GUIDELLM_REPORT)),
  one('guidellm', 'benchmarks.yaml', GUIDELLM_YAML),
  one('inference-perf', 'per_request_lifecycle_metrics.json', JSON.stringify(INFERENCE_PERF_LOG, undefined, 2)),
  {
    format: 'blis-trace',
    files: BLIS_FILES,
    source: 'a.csv',
    options: SAMPLE_OPTIONS,
    companions: ['a.yaml', 'a.itl.csv'],
  },
  one('aiperf', 'profile_export.jsonl', jsonLines(AIPERF_RECORDS)),
  one('genai-perf', 'profile_export.json', JSON.stringify(GENAI_PERF_EXPORT)),
  one('sglang-server-log', 'sglang-request-metrics-20260101_00.log', jsonLines(SGLANG_LOG)),
  one('vllm-iterations', 'server.log', ITERATIONS, { hardware: 'H100' }),
  one('fpm', 'trace.jsonl', jsonLines(FORWARD_PASSES)),
  one('fpm-perf', 'fpm_forward_perf.parquet', parquetPasses(), {}),
  one(
    'jsonl',
    'steps.jsonl',
    jsonLines(
      range(0, 4).map((id) =>
        Object.fromEntries(COLUMN_NAMES.map((name) => [STEP_COLUMNS[name], sampleRecord(id)[name]])),
      ),
    ),
  ),
  one('serving-points', 'serving.csv', SERVING_POINTS, {}),
  one('csv', 'steps.csv', sampleCsv(range(0, 4))),
  one('parquet', 'steps.parquet', parquetSteps()),
  one('otlp', 'traces.json', jsonLines([OTLP_LINE, OTLP_LINE])),
  {
    format: 'ground-truth',
    files: { [`${RUN}/traces.json`]: jsonLines([OTLP_LINE, OTLP_LINE]) },
    source: RUN,
    options: {},
  },
];

function one(
  format: string,
  name: string,
  content: string | Uint8Array,
  options: ImportOptions = SAMPLE_OPTIONS,
): Sample {
  return { format, files: { [name]: content }, source: name, options };
}

/** Writes the files of a sample below a folder and gives the path of what is imported. */
export function writeSample({ files, source }: Pick<Sample, 'files' | 'source'>, folder: string): string {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return join(folder, source);
}
