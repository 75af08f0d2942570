import { typicalOf } from './material.ts';
import type { Draft } from './draft.ts';
import { type Pattern, pickFeature, scaled } from './pattern.ts';

/** Expressions beside the usual ones where the data is a table of any kind. */
export const TABLE_PATTERNS: readonly Pattern[] = [
  {
    weight: 3,
    build: (draft, context, random) => {
      const a = pickFeature(context, random);
      return { node: square(draft, draft.feature(a.name)), value: typicalOf(a) * typicalOf(a), about: a.name };
    },
  },
  {
    // How far two columns are from each other, or its square.
    weight: 3,
    build: (draft, context, random) => {
      const a = pickFeature(context, random);
      const others = context.features.filter(({ name, unit }) => name !== a.name && unit === a.unit);
      const b = others.length > 0 ? random.pick(others) : pickFeature(context, random);
      const node = draft.op('sub', draft.feature(a.name), draft.feature(b.name));
      const value = Math.abs(typicalOf(a) - typicalOf(b)) || typicalOf(a);
      if (random.uniform() < 0.4) return { node, value, about: a.name };
      return { node: square(draft, node), value: value * value, about: a.name };
    },
  },
  {
    // A decay, or a bell.
    weight: 1,
    build: (draft, context, random) => {
      const { feature, c, ratio } = scaled(draft, context, random);
      const x = typicalOf(feature) / c;
      const [node, value] = random.uniform() < 0.5 ? [ratio, x] : [square(draft, ratio), x * x];
      return { node: draft.op('exp', draft.op('neg', node)), value: Math.exp(-value), about: feature.name };
    },
  },
];
function square(draft: Draft, node: number): number {
  return draft.op('mul', node, node);
}
