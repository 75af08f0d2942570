import type { WeightPart } from '../precision.ts';

/** Names of the matrices of each part, as checkpoints have them; `@` stands for the number of the layer. */
const NAMES: { readonly [P in WeightPart]: readonly (readonly string[])[] } = {
  attention: [
    ['model.layers.@.self_attn.q_proj', 'model.layers.@.self_attn.q_a_proj', 'model.layers.@.linear_attn.in_proj_qkvz'],
    ['model.layers.@.self_attn.o_proj', 'model.layers.@.linear_attn.out_proj'],
  ],
  feedForward: [
    [
      'model.layers.@.mlp.gate_proj',
      'model.layers.@.mlp.shared_experts.gate_proj',
      'model.layers.@.mlp.shared_expert.gate_proj',
    ],
    [
      'model.layers.@.mlp.down_proj',
      'model.layers.@.mlp.shared_experts.down_proj',
      'model.layers.@.mlp.shared_expert.down_proj',
    ],
  ],
  experts: [
    ['model.layers.@.mlp.experts.0.gate_proj', 'model.layers.@.block_sparse_moe.experts.0.w1'],
    ['model.layers.@.mlp.experts.0.down_proj', 'model.layers.@.block_sparse_moe.experts.0.w2'],
  ],
  head: [['lm_head']],
};

/**
 * The share of a part that a list of names leaves as it is, 0–1. Names stand for what they begin or contain; `*` and, after `re:`,
 * `.*` for anything, and `(a|b)` for either. What else a regular expression may say is taken as it is written: expressions of a file
 * are not run.
 */
export function excludedShare(part: WeightPart, names: readonly string[], layers: number): number {
  const patterns = names.flatMap(patternsOf);
  const matrices = NAMES[part];
  const count = part === 'head' ? 1 : layers;
  let excluded = 0;
  for (let at = 0; at < count; at++) {
    for (const spellings of matrices) {
      if (spellings.some((name) => patterns.some((pattern) => matches(pattern, name.replace('@', String(at))))))
        excluded++;
    }
  }
  return excluded / (count * matrices.length);
}

/** The literal pieces of a pattern, in order; `anchored` where its start is that of the name. */
interface Pattern {
  readonly pieces: readonly string[];
  readonly isWhole: boolean;
}

const MOST_ALTERNATIVES = 64;

function patternsOf(name: string): readonly Pattern[] {
  const isExpression = name.startsWith('re:');
  const text = isExpression
    ? name
        .slice(3)
        .replaceAll(/^\^|\$$/g, '')
        .replaceAll('.*', '*')
        .replaceAll('\\', '')
    : name;
  return alternatives(text).map((each) => {
    const pieces = each.split('*').filter((piece) => piece !== '');
    return { pieces, isWhole: !isExpression && pieces.length === 1 && !each.includes('*') };
  });
}

function alternatives(text: string): readonly string[] {
  let all: readonly string[] = [text];
  for (;;) {
    const [first = ''] = all;
    const [start, end] = [first.indexOf('('), first.indexOf(')')];
    if (start < 0 || end < start || all.length > MOST_ALTERNATIVES) return all;
    all = all.flatMap((each) => {
      const [from, to] = [each.indexOf('('), each.indexOf(')')];
      if (from < 0 || to < from) return [each];
      return each
        .slice(from + 1, to)
        .split('|')
        .map((choice) => each.slice(0, from) + choice + each.slice(to + 1));
    });
  }
}

/** A name of a module stands for all below it, and for modules of that name anywhere. */
function matches({ pieces, isWhole }: Pattern, name: string): boolean {
  if (pieces.length === 0) return false;
  if (isWhole) return `.${name}.`.includes(`.${pieces[0]!}.`);
  let from = 0;
  for (const piece of pieces) {
    const found = name.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return true;
}
