import type { Attention, GroupedAttention, LatentAttention } from '../architecture.ts';
import { type ConfigFile, firstOf, optionalInteger, positiveInteger, textOf, wrong } from './keys.ts';
import { type LayerKind, windowOf } from './layer-kinds.ts';
import { deltaNet, kimiDelta, mamba2 } from './linear-attention.ts';

/** Architectures whose queries bring a gate of the output along, whether or not the file says it. */
const GATED = /^qwen3_(next|5)/;

/** The attention of a layer; undefined where it has none. */
export function attentionOf(file: ConfigFile, kind: LayerKind): Attention | undefined {
  if (kind === 'none') return undefined;
  if (kind === 'mamba') return mamba2(file);
  if (kind === 'linear') return file.config['linear_attn_config'] ? kimiDelta(file) : deltaNet(file);
  if (firstOf(file, ['kv_lora_rank']) !== undefined) return latent(file);
  return grouped(file, kind === 'window');
}

function grouped(file: ConfigFile, hasWindow: boolean): GroupedAttention {
  const { config } = file;
  const heads = positiveInteger(file, 'num_attention_heads');
  const isGlobal = !hasWindow && firstOf(file, ['global_head_dim']) !== undefined;
  const keys = isGlobal ? ['num_global_key_value_heads', 'num_key_value_heads'] : ['num_key_value_heads'];
  const window = hasWindow ? windowOf(file) : 0;
  return {
    kind: 'grouped',
    heads,
    // Both defaults are Hugging Face's own: early Llama files leave the keys out.
    kvHeads: optionalInteger(file, keys) ?? heads,
    headSize:
      optionalInteger(file, isGlobal ? ['global_head_dim'] : ['head_dim', 'attention_head_dim']) ?? headSizeOf(file),
    ...(window > 0 && { window }),
    ...((config['attn_output_gate'] === true || GATED.test(textOf(file, 'model_type'))) && { outputGate: true }),
    ...(isGlobal && config['attention_k_eq_v'] === true && { sharedProjection: true }),
  };
}

function latent(file: ConfigFile): LatentAttention {
  const queryLatentSize = optionalInteger(file, ['q_lora_rank']);
  const indexHeads = optionalInteger(file, ['index_n_heads']);
  return {
    kind: 'latent',
    heads: positiveInteger(file, 'num_attention_heads'),
    latentSize: positiveInteger(file, 'kv_lora_rank'),
    ropeSize: positiveInteger(file, 'qk_rope_head_dim'),
    contentSize: positiveInteger(file, 'qk_nope_head_dim'),
    valueSize: positiveInteger(file, 'v_head_dim'),
    ...(queryLatentSize !== undefined && { queryLatentSize }),
    ...(indexHeads !== undefined && {
      index: {
        heads: indexHeads,
        headSize: positiveInteger(file, 'index_head_dim'),
        topTokens: positiveInteger(file, 'index_topk'),
      },
    }),
  };
}

function headSizeOf(file: ConfigFile): number {
  const hiddenSize = positiveInteger(file, 'hidden_size');
  const heads = positiveInteger(file, 'num_attention_heads');
  if (hiddenSize % heads === 0) return hiddenSize / heads;
  throw wrong(
    file.path,
    `\`hidden_size\` ${hiddenSize} is not divisible by \`num_attention_heads\` ${heads}`,
    'Add `head_dim`, as in the published config.json',
  );
}
