import type { Draft, Take } from './argument-draft.ts';
import { cacheType, sharedRanks, weightType, withOwnRanks } from './spread-arguments.ts';
import type { RunFacts } from './source.ts';

type CountSetting =
  | 'maxNumSeqs'
  | 'maxNumBatchedTokens'
  | 'maxModelLen'
  | 'kvBlocks'
  | 'dataParallel'
  | 'pipelineParallel';
type SwitchSetting = 'prefixCaching' | 'chunkedPrefill' | 'asyncScheduling' | 'expertParallel';

/**
 * What each argument means, by its name in snake case, for vLLM (`vllm serve --help`, `EngineArgs`) and SGLang (`ServerArgs`).
 * Arguments that decide nothing about batches are not in it.
 */
const ARGUMENTS: Readonly<Record<string, Take>> = {
  model: text('model'),
  workload: text('workload'),
  hardware: text('hardware'),
  tensor_parallel_size: fact('tp'),
  block_size: fact('blockSize'),
  max_num_seqs: count('maxNumSeqs'),
  max_num_batched_tokens: count('maxNumBatchedTokens'),
  max_model_len: count('maxModelLen'),
  num_gpu_blocks: count('kvBlocks'),
  data_parallel_size: count('dataParallel'),
  pipeline_parallel_size: count('pipelineParallel'),
  enable_prefix_caching: flag('prefixCaching'),
  enable_chunked_prefill: flag('chunkedPrefill'),
  async_scheduling: flag('asyncScheduling'),
  enable_expert_parallel: flag('expertParallel'),
  expert_parallel_size: whole('expertParallel'),
  enable_dp_attention: sharedRanks,
  quantization: weightType,
  kv_cache_dtype: cacheType,
  no_enable_prefix_caching: inverse('prefixCaching'),
  no_enable_chunked_prefill: inverse('chunkedPrefill'),
  no_async_scheduling: inverse('asyncScheduling'),
  disable_radix_cache: inverse('prefixCaching'),
  disable_overlap_schedule: inverse('asyncScheduling'),
  engine: setting('engine'),
  engine_version: setting('engineVersion'),
};

/** Other spellings of the same arguments. */
const ALIASES: Readonly<Record<string, string>> = {
  model_id: 'model',
  model_path: 'model',
  app: 'workload',
  gpu: 'hardware',
  gpu_name: 'hardware',
  gpu_type: 'hardware',
  accelerator: 'hardware',
  device_name: 'hardware',
  tensor_parallelism: 'tensor_parallel_size',
  tensor_parallel: 'tensor_parallel_size',
  tp: 'tensor_parallel_size',
  tp_size: 'tensor_parallel_size',
  data_parallel: 'data_parallel_size',
  dp_size: 'data_parallel_size',
  pipeline_parallel: 'pipeline_parallel_size',
  pp_size: 'pipeline_parallel_size',
  ep_size: 'expert_parallel_size',
  expert_parallel: 'enable_expert_parallel',
  page_size: 'block_size',
  block_size_tokens: 'block_size',
  block_size_in_tokens: 'block_size',
  max_running_requests: 'max_num_seqs',
  chunked_prefill_size: 'max_num_batched_tokens',
  context_length: 'max_model_len',
  max_model_length: 'max_model_len',
  max_seq_len: 'max_model_len',
  kv_blocks: 'num_gpu_blocks',
  num_kv_blocks: 'num_gpu_blocks',
  total_kv_blocks: 'num_gpu_blocks',
  prefix_caching: 'enable_prefix_caching',
  chunked_prefill: 'enable_chunked_prefill',
  chunked_prefill_enabled: 'enable_chunked_prefill',
  vllm_version: 'engine_version',
  sglang_version: 'engine_version',
};

/** What the arguments of an engine say of a run. */
export interface ReadArguments {
  readonly facts: RunFacts;
  /** Names that say nothing of batches, or whose value is of another kind. */
  readonly ignored: readonly string[];
}

/**
 * Reads engine arguments from an object of names and values (a configuration file, a benchmark's metadata). Names may be in snake,
 * kebab or camel case. What is not understood is passed over and named, since such objects hold much else.
 */
export function readArguments(given: Readonly<Record<string, unknown>>): ReadArguments {
  const draft: Draft = { settings: {} };
  const ignored = Object.entries(given).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    const snake = name
      .replaceAll('-', '_')
      .replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`)
      .toLowerCase();
    return ARGUMENTS[ALIASES[snake] ?? snake]?.(draft, value) === true ? [] : [name];
  });
  return { facts: withOwnRanks(draft), ignored };
}

/** Engine arguments where others in the same object are none of our business. */
export function engineArguments(given: Readonly<Record<string, unknown>>): RunFacts {
  return readArguments(given).facts;
}

/** A number of GPUs that says that something is on: more than one. */
function whole(name: SwitchSetting): Take {
  return ({ settings }, value) => {
    const n = countOf(value);
    if (n !== undefined && n > 1) settings[name] = true;
    return n !== undefined;
  };
}

function countOf(value: unknown): number | undefined {
  const n = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof n === 'number' && Number.isSafeInteger(n) && n > 0 ? n : undefined;
}

function text(name: 'model' | 'workload' | 'hardware'): Take {
  return (draft, value) => {
    if (typeof value !== 'string' || value === '') return false;
    draft[name] = value;
    return true;
  };
}

function fact(name: 'tp' | 'blockSize'): Take {
  return (draft, value) => {
    const n = countOf(value);
    if (n === undefined) return false;
    draft[name] = n;
    return true;
  };
}

function count(name: CountSetting): Take {
  return ({ settings }, value) => {
    const n = countOf(value);
    if (n === undefined) return false;
    settings[name] = n;
    return true;
  };
}

function flag(name: SwitchSetting): Take {
  return ({ settings }, value) => {
    const on = { true: true, false: false }[String(value).toLowerCase()];
    if (on === undefined) return false;
    settings[name] = on;
    return true;
  };
}

function inverse(name: SwitchSetting): Take {
  return ({ settings }, value) => {
    const on = { true: false, false: true }[String(value).toLowerCase()];
    if (on === undefined) return false;
    settings[name] = on;
    return true;
  };
}

function setting(name: 'engine' | 'engineVersion'): Take {
  return ({ settings }, value) => {
    if (typeof value !== 'string' || value === '') return false;
    settings[name] = value;
    return true;
  };
}
