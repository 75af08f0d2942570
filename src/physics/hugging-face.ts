import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readJson } from '../base/index.ts';
import type { Architecture, GroupedAttention, LayerGroup } from './architecture.ts';
import { attentionOf } from './config/attention.ts';
import { expertSize, feedForwardOf, routingOf } from './config/feed-forward.ts';
import {
  type Config,
  type ConfigFile,
  countOrNone,
  firstOf,
  positiveInteger,
  textConfig,
  textOf,
  UNCHANGED,
  wrong,
} from './config/keys.ts';
import { layerPlans } from './config/layer-kinds.ts';
import { quantisationOf } from './config/quantisation.ts';
import { unmodelledParts } from './config/unmodelled.ts';
import { modelCosts } from './model-costs.ts';

const BYTES_BY_TYPE: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  float8_e4m3fn: 1,
  float8_e5m2: 1,
};

/** Whose embeddings are tied where the file does not say it. */
const TIED = /^(gemma|cohere)/;

/**
 * Reads an architecture from a Hugging Face `config.json` of a decoder: grouped, windowed, latent, sparse and linear attention, dense
 * and routed feed-forward with shared experts, quantised checkpoints. What is there and not counted is in `unmodelled`.
 *
 * @param path the file; the project's own models are such files too, in `models/`.
 * @param name canonical name; by default taken from `_name_or_path`, else from the folder (or file) name.
 * @throws UserError where the file is missing, is not a JSON object, or lacks a key.
 */
export function readHuggingFaceConfig(path: string, name?: string): Architecture {
  return architectureOf({ config: textConfig(readJson(path, CONFIG)), path }, name);
}

/**
 * Canonical form of a model's name: without organisation (which caches set apart by `--`), lower case, and without parts that leave the dimensions as they are
 * (`meta-`, `-hf`, `-instruct`, `-chat`, with a date or without). `meta-llama/Llama-2-70b-hf` and `llama-2-70b` are both
 * `llama-2-70b`.
 */
export function canonicalModelName(name: string): string {
  const base = (name.trim().split(/\/|--/).at(-1) ?? '').toLowerCase().replaceAll(/[._\s]/g, '-');
  return base.replace(/^meta-(?=llama)/, '').replaceAll(/-(hf|instruct|chat)(-\d{4})?(?=-|$)/g, '');
}

/** Any object: which keys are missing or wrong is told one by one, because what to write depends on the key. */
const CONFIG: DocumentKind<Config> = {
  schema: z.looseObject({}),
  code: 'physics.not-a-config',
  mend: UNCHANGED,
};

function architectureOf(file: ConfigFile, name: string | undefined): Architecture {
  const { config, path } = file;
  const hiddenSize = positiveInteger(file, 'hidden_size');
  const layers = positiveInteger(file, 'num_hidden_layers');
  const groups = layerGroups(file, layers);
  const bytesPerParameter = computeBytes(file);
  const { precision, unmodelled } = quantisationOf(file, bytesPerParameter, layers);
  const parts = [...unmodelledParts(file), ...unmodelled];
  const tied = config['tie_word_embeddings'] ?? TIED.test(textOf(file, 'model_type'));
  const predictionLayers = countOrNone(file, ['num_nextn_predict_layers', 'mtp_num_hidden_layers', 'num_mtp_modules']);
  const id = textOf(file, '_name_or_path');
  const canonical = canonicalModelName(name ?? (id === '' ? nameFromPath(path) : id));
  const architecture = {
    name: canonical,
    id: id === '' ? canonical : id,
    hiddenSize,
    layers,
    ...headsOf(file, groups),
    intermediateSize: expertSize(file),
    vocabularySize: positiveInteger(file, 'vocab_size'),
    ...routingOf(file),
    bytesPerParameter,
  };
  const forms = {
    ...(!isUsual(groups) && { layerGroups: groups }),
    ...(precision && { precision }),
    ...(tied === true && { tiedEmbeddings: true as const }),
    ...(predictionLayers > 0 && { predictionLayers }),
    ...(parts.length > 0 && { unmodelled: parts }),
  };
  return Object.freeze({
    ...architecture,
    parameters: modelCosts({ ...architecture, ...forms }).parameters,
    ...forms,
  });
}

/** Layers that are alike, in the order of the first of each. */
function layerGroups(file: ConfigFile, layers: number): readonly LayerGroup[] {
  const groups = new Map<string, LayerGroup>();
  for (const [at, { kind, feedForward: plan }] of layerPlans(file, layers).entries()) {
    const attention = attentionOf(file, kind);
    const feedForward = feedForwardOf(file, at, plan);
    const form = { ...(attention && { attention }), ...(feedForward && { feedForward }) };
    const key = JSON.stringify(form);
    groups.set(key, { count: (groups.get(key)?.count ?? 0) + 1, ...form });
  }
  return [...groups.values()];
}

/** Whether the dimensions alone say all of the layers. */
function isUsual(groups: readonly LayerGroup[]): boolean {
  const [{ attention, feedForward } = {}] = groups;
  if (groups.length > 1 || attention?.kind !== 'grouped' || feedForward?.matrices !== 3) return false;
  if (attention.window !== undefined || attention.outputGate || attention.sharedProjection) return false;
  return feedForward.experts === undefined || feedForward.size === 0;
}

/** Heads as the most layers have them that keep keys and values for each. */
function headsOf(
  file: ConfigFile,
  groups: readonly LayerGroup[],
): Pick<Architecture, 'heads' | 'kvHeads' | 'headSize'> {
  const grouped = groups
    .flatMap(({ attention, count }) => (attention?.kind === 'grouped' ? [{ attention, count }] : []))
    .sort((a, b) => b.count - a.count)[0]?.attention;
  if (grouped !== undefined) return pick(grouped);
  const latent = groups.flatMap(({ attention }) => (attention?.kind === 'latent' ? [attention] : []))[0];
  if (latent !== undefined) {
    const { heads, contentSize, ropeSize } = latent;
    return { heads, kvHeads: heads, headSize: contentSize + ropeSize };
  }
  throw wrong(file.path, 'no layer has attention', 'Give a model with attention in some layer');
}

function pick({ heads, kvHeads, headSize }: GroupedAttention): Pick<Architecture, 'heads' | 'kvHeads' | 'headSize'> {
  return { heads, kvHeads, headSize };
}

function nameFromPath(path: string): string {
  const file = basename(path).replace(/\.json$/i, '');
  return file === 'config' ? basename(dirname(path)) : file;
}

function computeBytes(file: ConfigFile): number {
  const { config, path } = file;
  const key = firstOf(file, ['torch_dtype', 'dtype']);
  // Quantised checkpoints leave it out: they compute in bf16.
  if (key === undefined && config['quantization_config'] !== undefined) return BYTES_BY_TYPE['bfloat16']!;
  const type = key === undefined ? undefined : config[key];
  const bytes = typeof type === 'string' && Object.hasOwn(BYTES_BY_TYPE, type) ? BYTES_BY_TYPE[type] : undefined;
  if (bytes !== undefined) return bytes;
  const problem = key === undefined ? 'key `torch_dtype` is missing' : `\`${key}\` is ${JSON.stringify(type)}`;
  throw wrong(path, problem, `Set \`torch_dtype\` to one of ${Object.keys(BYTES_BY_TYPE).join(', ')}`);
}
