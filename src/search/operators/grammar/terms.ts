import { TILES } from '../../../evaluate/index.ts';
import type { Random } from '../../../numeric/index.ts';
import { type FeatureInfo, isSmallInteger } from '../../../program/index.ts';
import type { Draft } from './draft.ts';
import { typicalOf } from './material.ts';
import { type Built, type Pattern, pickFeature, pickThreshold, scaled, type TermContext } from './pattern.ts';
import { TABLE_PATTERNS } from './table-patterns.ts';

/** Of columns of any kind: what may be 0 divides nothing. */
function quotient(draft: Draft, a: FeatureInfo, b: FeatureInfo): Built {
  const divides = b.range[0] > 0 || b.range[1] < 0;
  const node = draft.op(divides ? 'div' : 'mul', draft.feature(a.name), draft.feature(b.name));
  const [x, y] = [typicalOf(a), typicalOf(b)];
  return { node, value: divides ? x / y : x * y, about: a.name };
}

const PATTERNS: readonly Pattern[] = [
  {
    weight: 10,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      return { node: draft.feature(feature.name), value: typicalOf(feature), about: feature.name };
    },
  },
  {
    weight: 3,
    build: (draft, context, random) => {
      const a = pickFeature(context, random);
      const b = pickFeature(context, random);
      const node = draft.op('mul', draft.feature(a.name), draft.feature(b.name));
      return { node, value: typicalOf(a) * typicalOf(b), about: a.name };
    },
  },
  {
    weight: 3,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      const node = draft.op('sqrt', draft.feature(feature.name));
      return { node, value: Math.sqrt(typicalOf(feature)), about: feature.name };
    },
  },
  {
    // Grows ever slower beyond c.
    weight: 1.5,
    build: (draft, context, random) => {
      const { feature, c, ratio } = scaled(draft, context, random);
      return { node: draft.op('log1p', ratio), value: Math.log1p(typicalOf(feature) / c), about: feature.name };
    },
  },
  {
    // Levels off beyond c.
    weight: 1,
    build: (draft, context, random) => {
      const { feature, c, ratio } = scaled(draft, context, random);
      const node = draft.op('sub', draft.number(1), draft.op('exp', draft.op('neg', ratio)));
      return { node, value: -Math.expm1(-typicalOf(feature) / c), about: feature.name };
    },
  },
  {
    // Work that comes in blocks.
    weight: 0.5,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      const tiles = TILES.filter((tile) => tile < feature.range[1]);
      const tile = tiles.length > 0 ? random.pick(tiles) : pickThreshold(feature, random);
      // A small size stands as a number, which costs the fit nothing.
      const size = isSmallInteger(tile) ? draft.number(tile) : draft.constant(`${feature.name}Tile`, tile);
      const node = draft.op('ceil', draft.op('div', draft.feature(feature.name), size));
      return { node, value: Math.ceil(typicalOf(feature) / tile), about: feature.name };
    },
  },
  {
    weight: 1,
    build: (draft, context, random) => {
      const a = pickFeature(context, random);
      const b = pickFeature(context, random);
      if (context.features.target !== undefined) return quotient(draft, a, b);
      const divisor = draft.op('max', draft.feature(b.name), draft.number(1));
      const node = draft.op('div', draft.feature(a.name), divisor);
      return { node, value: typicalOf(a) / Math.max(typicalOf(b), 1), about: a.name };
    },
  },
  {
    // A hinge: nothing up to a threshold, a line beyond it.
    weight: 2,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      const threshold = pickThreshold(feature, random);
      const excess = draft.op('sub', draft.feature(feature.name), draft.constant(`${feature.name}Limit`, threshold));
      const node = draft.op('max', excess, draft.number(0));
      return { node, value: Math.abs(typicalOf(feature) - threshold) / 2, about: feature.name };
    },
  },
  {
    weight: 1,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      const exponent = 0.5 + random.uniform();
      const node = draft.op('pow', draft.feature(feature.name), draft.constant(`${feature.name}Exponent`, exponent));
      return { node, value: typicalOf(feature) ** exponent, about: feature.name };
    },
  },
];

const PATTERNS_OF_TABLES: readonly Pattern[] = [...PATTERNS, ...TABLE_PATTERNS];

/** An expression of one or two features without a factor in front. */
export function newPattern(draft: Draft, context: TermContext, random: Random): Built {
  const patterns = context.features.target === undefined ? PATTERNS : PATTERNS_OF_TABLES;
  const pattern = patterns[random.weighted(patterns.map(({ weight }) => weight))] as Pattern;
  return pattern.build(draft, context, random);
}

/** A new expression with a constant in front, scaled so that it is about `magnitude` on a typical row. */
export function newTerm(draft: Draft, context: TermContext, magnitude: number, random: Random): number {
  return scaledTo(draft, magnitude, newPattern(draft, context, random));
}

function scaledTo(draft: Draft, magnitude: number, { node, value, about }: Built): number {
  const start = Number.isFinite(value) && value !== 0 ? magnitude / value : magnitude;
  return draft.op('mul', draft.constant(`${about}Factor`, start), node);
}

/** A share of the terms goes against what the residuals say: these tell of all groups at once, and of straight lines. */
const AGAINST = 0.15;

/**
 * x + c · f or x − c · f. A rate is never negative, so the sign is in the text: where the other constants are fitted, it is that of the
 * correlation of the residuals with f (Frisch and Waugh 1933).
 */
export function withNewTerm(draft: Draft, context: TermContext, x: number, magnitude: number, random: Random): number {
  const built = newPattern(draft, context, random);
  const isLess = (context.material.residuals.get(built.about) ?? 0) < 0;
  const isAgainst = random.uniform() < AGAINST;
  return draft.op(isLess !== isAgainst ? 'sub' : 'add', x, scaledTo(draft, magnitude, built));
}
