import type { UnmodelledPart } from '../architecture.ts';
import { type ConfigFile, countOrNone, firstOf, textOf } from './keys.ts';

/** Model types whose layers are read as their own code builds them. */
const KNOWN = new Set(
  `llama mistral mistral3 ministral mixtral codellama yi internlm2 phi phi3 olmo2 granite exaone opt falcon starcoder2
  qwen2 qwen2_moe qwen3 qwen3_moe qwen3_next qwen3_5 qwen3_5_text qwen3_5_moe qwen3_5_moe_text
  gemma gemma2 gemma3 gemma3_text gemma4 gemma4_text cohere cohere2 gpt_oss llama4 llama4_text
  deepseek_v2 deepseek_v3 deepseek_v32 kimi_k2 kimi_k25 kimi_linear glm4 glm4_moe glm_moe_dsa
  minimax_m2 nemotron nemotron_h`.split(/\s+/),
);

/** Parts beside the text model; each is a transformer of its own. */
const TOWERS: Readonly<Record<string, string>> = { vision_config: 'vision tower', audio_config: 'audio tower' };

/** What of a model the components do not count, with how much it is expected to be. */
export function unmodelledParts(file: ConfigFile): readonly UnmodelledPart[] {
  const type = textOf(file, 'model_type');
  const isUnknown = type !== '' && !KNOWN.has(type);
  return [
    ...(isUnknown
      ? [
          {
            what: `model type \`${type}\``,
            size: 'read by its keys alone; layers of a form of their own are counted as usual ones',
          },
        ]
      : []),
    ...Object.entries(TOWERS).flatMap(([key, what]) => towerOf(file, key, what)),
    ...perLayerInputs(file),
    ...sharedCaches(file),
  ];
}

/** Four matrices of attention and two of a feed-forward in each layer. */
function towerOf(file: ConfigFile, key: string, what: string): readonly UnmodelledPart[] {
  const given = file.config[key];
  if (typeof given !== 'object' || given === null) return [];
  const own: ConfigFile = { path: file.path, config: given as ConfigFile['config'] };
  const first = (keys: readonly string[]): number => {
    const value = own.config[firstOf(own, keys) ?? ''];
    return typeof value === 'number' && value > 0 ? value : 0;
  };
  const hidden = first(['hidden_size', 'vt_hidden_size', 'width']);
  const layers = first(['num_hidden_layers', 'depth', 'vt_num_hidden_layers', 'layers']);
  const wide = first(['intermediate_size', 'vt_intermediate_size']) || 4 * hidden;
  const billions = (layers * (4 * hidden * hidden + 2 * hidden * wide)) / 1e9;
  const size =
    billions > 0 ? `about ${billions.toFixed(2)} billion parameters` : 'parameters that the file does not tell';
  return [{ what, size: `${size}, in memory always and read where a batch has such inputs` }];
}

/** Embeddings of every layer beside those of the first (Gemma 3n). */
function perLayerInputs(file: ConfigFile): readonly UnmodelledPart[] {
  const width = countOrNone(file, ['hidden_size_per_layer_input']);
  if (width === 0) return [];
  const entries = countOrNone(file, ['vocab_size_per_layer_input']) * countOrNone(file, ['num_hidden_layers']) * width;
  return [
    {
      what: 'inputs of each layer',
      size: `about ${(entries / 1e9).toFixed(2)} billion parameters, of which a token reads one row`,
    },
  ];
}

/** Layers that read the cache of another one. */
function sharedCaches(file: ConfigFile): readonly UnmodelledPart[] {
  const shared = countOrNone(file, ['num_kv_shared_layers']);
  if (shared === 0) return [];
  const layers = countOrNone(file, ['num_hidden_layers']);
  return [
    {
      what: 'layers that share a KV cache',
      size: `${shared} of ${layers} layers; the cache is counted as if each had its own`,
    },
  ];
}
