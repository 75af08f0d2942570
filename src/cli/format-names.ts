/** The formats that can be imported, here again so that help needs nothing of the rooms below; a test compares the two. */
export const FORMAT_NAMES: readonly string[] = [
  'llmservingsim',
  'otlp',
  'vllm-bench',
  'sglang-bench',
  'guidellm',
  'inference-perf',
  'blis-trace',
  'aiperf',
  'genai-perf',
  'sglang-server-log',
  'vllm-iterations',
  'fpm',
  'fpm-perf',
  'parquet',
  'csv',
  'jsonl',
];
