import type { SystemPart } from '../data/index.ts';

/*
 * Names of the rooms above, here again so that help needs nothing of them; a test compares the two.
 */

/** The formats that can be imported. */
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
  'serving-points',
  'parquet',
  'csv',
  'jsonl',
];

/** What can be held out. */
export const SYSTEM_PART_NAMES: readonly SystemPart[] = ['model', 'hardware', 'generation', 'engine'];
