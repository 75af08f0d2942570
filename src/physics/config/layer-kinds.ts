import { type ConfigFile, countOrNone, firstOf, listOf, optionalInteger, textOf, wrong } from './keys.ts';

/** What a layer does: attention over all tokens or a window, a state of fixed size, or no more than its feed-forward. */
export type LayerKind = 'full' | 'window' | 'linear' | 'mamba' | 'none';

/** A layer, and what of it is there: most have both parts, those of some hybrids one. */
export interface LayerPlan {
  readonly kind: LayerKind;
  readonly feedForward: 'usual' | 'dense' | 'experts' | 'none';
}

/** Words of `layer_types` and `layers_block_type`. */
const WORDS: Readonly<Record<string, LayerKind>> = {
  full_attention: 'full',
  attention: 'full',
  sliding_attention: 'window',
  chunked_attention: 'window',
  linear_attention: 'linear',
  mamba: 'mamba',
};

/** Letters of `hybrid_override_pattern`. */
const LETTERS: Readonly<Record<string, LayerPlan>> = {
  M: { kind: 'mamba', feedForward: 'none' },
  '*': { kind: 'full', feedForward: 'none' },
  '-': { kind: 'none', feedForward: 'dense' },
  E: { kind: 'none', feedForward: 'experts' },
};

/** Every which layer looks at all tokens where the file itself does not say it. */
const FULL_EVERY: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  gemma3_text: 6,
  cohere2: 4,
  llama4: 4,
  llama4_text: 4,
};

/** @throws UserError where the layers are not as many as the file says, or a word is not known. */
export function layerPlans(file: ConfigFile, layers: number): readonly LayerPlan[] {
  const pattern = textOf(file, 'hybrid_override_pattern');
  if (pattern !== '') return ofAll(file, 'hybrid_override_pattern', Array.from(pattern), LETTERS, layers);
  for (const key of ['layer_types', 'layers_block_type']) {
    const words = listOf(file, key);
    if (words !== undefined) {
      return ofAll(file, key, words, WORDS, layers).map((kind) => ({ kind, feedForward: 'usual' }));
    }
  }
  return Array.from({ length: layers }, (_, at) => ({ kind: kindOf(file, at), feedForward: 'usual' }));
}

function ofAll<T>(
  { path }: ConfigFile,
  key: string,
  words: readonly (string | number)[],
  meanings: Readonly<Record<string, T>>,
  layers: number,
): readonly T[] {
  if (words.length !== layers) {
    throw wrong(path, `\`${key}\` is of ${words.length} layers, not ${layers}`, `Give \`${key}\` as published`);
  }
  return words.map((word) => {
    const meaning = Object.hasOwn(meanings, word) ? meanings[word] : undefined;
    if (meaning !== undefined) return meaning;
    const known = Object.keys(meanings).join(', ');
    throw wrong(path, `\`${key}\` has ${JSON.stringify(word)}`, `Use a model whose layers are of these: ${known}`);
  });
}

function kindOf(file: ConfigFile, at: number): LayerKind {
  const { config } = file;
  const linear = config['linear_attn_config'];
  if (typeof linear === 'object' && linear !== null) {
    // Layers are counted from 1 there.
    const kda = listOf({ ...file, config: linear as Record<string, unknown> }, 'kda_layers') ?? [];
    return kda.includes(at + 1) ? 'linear' : 'full';
  }
  const interval = optionalInteger(file, ['full_attention_interval']);
  if (interval !== undefined) return (at + 1) % interval === 0 ? 'full' : 'linear';
  if (windowOf(file) === 0) return 'full';
  const withoutRope = listOf(file, 'no_rope_layers');
  if (withoutRope !== undefined && withoutRope.length > 0) return withoutRope[at] === 0 ? 'full' : 'window';
  const every =
    optionalInteger(file, ['sliding_window_pattern', 'no_rope_layer_interval']) ??
    FULL_EVERY[textOf(file, 'model_type')];
  if (every !== undefined) return (at + 1) % every === 0 ? 'full' : 'window';
  if (config['use_sliding_window'] === true) return at >= countOrNone(file, ['max_window_layers']) ? 'window' : 'full';
  return 'window';
}

/** Tokens that a layer with a window looks at; 0 where the model has none. */
export function windowOf(file: ConfigFile): number {
  if (file.config['use_sliding_window'] === false) return 0;
  const window = firstOf(file, ['sliding_window', 'attention_chunk_size']);
  return window === undefined ? 0 : countOrNone(file, [window]);
}
