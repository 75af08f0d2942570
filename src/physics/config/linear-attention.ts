import type { LinearAttention } from '../architecture.ts';
import { type Config, type ConfigFile, optionalInteger, positiveInteger, textOf } from './keys.ts';

/** Bytes of an entry of a state that is kept in 32 bits, and of one in 16. */
const [WIDE, NARROW] = [4, 2];
const USUAL_KERNEL = 4;

/** Gated DeltaNet of Qwen3-Next (arXiv:2412.06464): queries, keys, values, gate, two scalars a head, and the output. */
export function deltaNet(file: ConfigFile): LinearAttention {
  const hiddenSize = positiveInteger(file, 'hidden_size');
  const heads = positiveInteger(file, 'linear_num_value_heads');
  const keyHeadSize = positiveInteger(file, 'linear_key_head_dim');
  const keys = positiveInteger(file, 'linear_num_key_heads') * keyHeadSize;
  const values = heads * positiveInteger(file, 'linear_value_head_dim');
  const kernel = optionalInteger(file, ['linear_conv_kernel_dim']) ?? USUAL_KERNEL;
  const stateEntries = values * keyHeadSize;
  return {
    kind: 'linear',
    heads,
    weights: hiddenSize * (2 * keys + 2 * values + 2 * heads) + values * hiddenSize,
    stateEntries,
    stateBytes: stateEntries * stateWidth(file) + (2 * keys + values) * (kernel - 1) * NARROW,
  };
}

/** Kimi Delta Attention (arXiv:2510.26692): as above, with low-rank gates of the head's size for decay and output. */
export function kimiDelta(file: ConfigFile): LinearAttention {
  const hiddenSize = positiveInteger(file, 'hidden_size');
  const own: ConfigFile = { ...file, config: file.config['linear_attn_config'] as Config };
  const heads = positiveInteger(own, 'num_heads');
  const headSize = positiveInteger(own, 'head_dim');
  const kernel = optionalInteger(own, ['short_conv_kernel_size']) ?? USUAL_KERNEL;
  const width = heads * headSize;
  const stateEntries = width * headSize;
  return {
    kind: 'linear',
    heads,
    weights: 4 * hiddenSize * width + 2 * (hiddenSize + width) * headSize + hiddenSize * heads,
    stateEntries,
    stateBytes: stateEntries * WIDE + 3 * width * (kernel - 1) * NARROW,
  };
}

/** Mamba-2 (arXiv:2405.21060): gate, input, two groups of state vectors and a step for each head, and the output. */
export function mamba2(file: ConfigFile): LinearAttention {
  const hiddenSize = positiveInteger(file, 'hidden_size');
  const heads = positiveInteger(file, 'mamba_num_heads');
  const width = heads * positiveInteger(file, 'mamba_head_dim');
  const stateSize = positiveInteger(file, 'ssm_state_size');
  const groups = optionalInteger(file, ['n_groups']) ?? 1;
  const kernel = optionalInteger(file, ['conv_kernel']) ?? USUAL_KERNEL;
  const mixed = width + 2 * groups * stateSize;
  const stateEntries = width * stateSize;
  return {
    kind: 'linear',
    heads,
    weights: hiddenSize * (width + mixed + heads) + width * hiddenSize,
    stateEntries,
    stateBytes: stateEntries * stateWidth(file) + mixed * (kernel - 1) * NARROW,
  };
}

/** Engines keep the state in 16 bits where the file does not ask for 32. */
function stateWidth(file: ConfigFile): number {
  return ['mamba_ssm_dtype', 'mamba_ssm_cache_dtype'].some((key) => textOf(file, key) === 'float32') ? WIDE : NARROW;
}
