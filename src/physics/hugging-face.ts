import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readJson, UserError } from '../base/index.ts';
import type { Architecture } from './architecture.ts';

type Config = Readonly<Record<string, unknown>>;

const UNCHANGED = 'Give the config.json of the model, unchanged';

const BYTES_BY_TYPE: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float8_e4m3fn: 1,
  float8_e5m2: 1,
};

/** Keys of parts that the components do not count; a model that has one would get wrong figures without a word. */
const UNSUPPORTED_KEYS = ['n_shared_experts', 'shared_expert_intermediate_size', 'kv_lora_rank'] as const;

/**
 * Reads an architecture from a Hugging Face `config.json` of a Llama- or Mixtral-like decoder.
 *
 * @param path the file; the project's own models are such files too, in `models/`.
 * @param name canonical name; by default taken from `_name_or_path`, else from the folder (or file) name.
 * @throws UserError where the file is missing, is not a JSON object, or lacks a key.
 */
export function readHuggingFaceConfig(path: string, name?: string): Architecture {
  return architectureOf(readJson(path, CONFIG), path, name);
}

/**
 * Canonical form of a model's name: without organisation, lower case, and without parts that leave the dimensions as they are
 * (`meta-`, `-hf`, `-instruct`, `-chat`, with a date or without). `meta-llama/Llama-2-70b-hf` and `llama-2-70b` are both
 * `llama-2-70b`.
 */
export function canonicalModelName(name: string): string {
  const base = (name.trim().split('/').at(-1) ?? '').toLowerCase().replaceAll(/[._\s]/g, '-');
  return base.replace(/^meta-(?=llama)/, '').replaceAll(/-(hf|instruct|chat)(-\d{4})?(?=-|$)/g, '');
}

/** Any object: which keys are missing or wrong is told one by one, because what to write depends on the key. */
const CONFIG: DocumentKind<Config> = {
  schema: z.looseObject({}),
  code: 'physics.not-a-config',
  mend: UNCHANGED,
};

function architectureOf(config: Config, path: string, name: string | undefined): Architecture {
  for (const key of UNSUPPORTED_KEYS) {
    if (typeof config[key] === 'number' && config[key] > 0) {
      throw new UserError({
        code: 'physics.unsupported-model',
        place: { file: path, at: `key \`${key}\`` },
        problem: 'shared experts and compressed attention are not modelled',
        mend: 'Use a Llama- or Mixtral-like model',
      });
    }
  }
  const hiddenSize = positiveInteger(config, path, 'hidden_size');
  const heads = positiveInteger(config, path, 'num_attention_heads');
  const experts = optionalInteger(config, path, ['num_local_experts', 'num_experts']) ?? 1;
  const dimensions = {
    hiddenSize,
    layers: positiveInteger(config, path, 'num_hidden_layers'),
    heads,
    // Both defaults are Hugging Face's own: early Llama files leave the keys out.
    kvHeads: optionalInteger(config, path, ['num_key_value_heads']) ?? heads,
    headSize: optionalInteger(config, path, ['head_dim']) ?? headSizeOf(hiddenSize, heads, path),
    intermediateSize:
      optionalInteger(config, path, ['moe_intermediate_size']) ?? positiveInteger(config, path, 'intermediate_size'),
    vocabularySize: positiveInteger(config, path, 'vocab_size'),
    experts,
    activeExperts: experts > 1 ? positiveInteger(config, path, 'num_experts_per_tok') : 1,
    bytesPerParameter: bytesPerParameter(config, path),
  };
  if (dimensions.activeExperts > experts) {
    throw new UserError({
      code: 'physics.wrong-config',
      place: { file: path },
      problem: `\`num_experts_per_tok\` is ${dimensions.activeExperts} but there are ${experts} experts`,
      mend: UNCHANGED,
    });
  }
  const id = typeof config._name_or_path === 'string' && config._name_or_path !== '' ? config._name_or_path : undefined;
  const canonical = canonicalModelName(name ?? id ?? nameFromPath(path));
  return Object.freeze({
    name: canonical,
    id: id ?? canonical,
    ...dimensions,
    parameters: parameterCount(dimensions, config.tie_word_embeddings === true),
  });
}

/**
 * Parameters of a decoder: attention, gated feed-forward of every expert, router, norms, embeddings in and out.
 */
function parameterCount(
  a: Omit<Architecture, 'name' | 'id' | 'parameters' | 'bytesPerParameter'>,
  tiedEmbeddings: boolean,
): number {
  const attention = 2 * a.hiddenSize * a.heads * a.headSize + 2 * a.hiddenSize * a.kvHeads * a.headSize;
  const feedForward = a.experts * 3 * a.hiddenSize * a.intermediateSize;
  const router = a.experts > 1 ? a.hiddenSize * a.experts : 0;
  const layer = attention + feedForward + router + 2 * a.hiddenSize;
  const embeddings = a.vocabularySize * a.hiddenSize * (tiedEmbeddings ? 1 : 2);
  return layer * a.layers + a.hiddenSize + embeddings;
}

function headSizeOf(hiddenSize: number, heads: number, path: string): number {
  if (hiddenSize % heads === 0) return hiddenSize / heads;
  throw new UserError({
    code: 'physics.wrong-config',
    place: { file: path },
    problem: `\`hidden_size\` ${hiddenSize} is not divisible by \`num_attention_heads\` ${heads}`,
    mend: 'Add `head_dim`, as in the published config.json',
  });
}

function nameFromPath(path: string): string {
  const file = basename(path).replace(/\.json$/i, '');
  return file === 'config' ? basename(dirname(path)) : file;
}

function bytesPerParameter(config: Config, path: string): number {
  const type = config.torch_dtype ?? config.dtype;
  const bytes = typeof type === 'string' ? BYTES_BY_TYPE[type] : undefined;
  if (bytes === undefined) {
    throw new UserError({
      code: 'physics.wrong-config',
      place: { file: path },
      problem: type === undefined ? 'key `torch_dtype` is missing' : `\`torch_dtype\` is ${JSON.stringify(type)}`,
      mend: `Set \`torch_dtype\` to one of ${Object.keys(BYTES_BY_TYPE).join(', ')}`,
    });
  }
  return bytes;
}

function optionalInteger(config: Config, path: string, keys: readonly string[]): number | undefined {
  const key = keys.find((candidate) => config[candidate] !== undefined && config[candidate] !== null);
  return key === undefined ? undefined : positiveInteger(config, path, key);
}

function positiveInteger(config: Config, path: string, key: string): number {
  const value = config[key];
  if (value === undefined || value === null) {
    throw new UserError({
      code: 'physics.wrong-config',
      place: { file: path },
      problem: `key \`${key}\` is missing`,
      mend: `Add \`${key}\`, as in the model's published config.json`,
    });
  }
  if (typeof value !== 'number' || !Number.isInteger(value) || value <= 0) {
    throw new UserError({
      code: 'physics.wrong-config',
      place: { file: path },
      problem: `\`${key}\` is ${JSON.stringify(value)}`,
      mend: `Set \`${key}\` to a positive integer`,
    });
  }
  return value;
}
