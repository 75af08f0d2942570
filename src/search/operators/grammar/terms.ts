import type { Random } from '../../../numeric/index.ts';
import type { FeatureInfo, FeatureTable } from '../../../program/index.ts';
import type { Draft } from './draft.ts';
import { type Material, typicalValues } from './material.ts';

/** What new expressions are made with. */
export interface TermContext {
  readonly features: FeatureTable;
  readonly material: Material;
}

const BASE_WEIGHT = 0.15;

/** A feature, more likely the more the parent's relative residual correlates with it. */
export function pickFeature({ features, material }: TermContext, random: Random): FeatureInfo {
  const r = features.map(({ name }) => Math.abs(material.residuals.get(name) ?? 0));
  const strongest = Math.max(...r);
  const weights = r.map((each) => BASE_WEIGHT + (strongest > 0 ? (each / strongest) ** 2 : 0));
  return features[random.weighted(weights)] as FeatureInfo;
}

/** A start value inside the feature's range: where a regime may change. */
export function pickThreshold({ range: [lo, hi] }: FeatureInfo, random: Random): number {
  return lo + (0.05 + 0.6 * random.uniform()) * (hi - lo);
}

interface Pattern {
  readonly weight: number;
  readonly build: (draft: Draft, context: TermContext, random: Random) => Built;
}

interface Built {
  readonly node: number;
  /** On a typical row. */
  readonly value: number;
  /** What to name a constant in front of it after. */
  readonly about: string;
}

/** Of columns of any kind: what may be 0 divides nothing. */
function quotient(draft: Draft, context: TermContext, a: FeatureInfo, b: FeatureInfo): Built {
  const op = b.range[0] > 0 || b.range[1] < 0 ? 'div' : 'mul';
  const node = draft.op(op, draft.feature(a.name), draft.feature(b.name));
  const [x, y] = [typical(context, a), typical(context, b)];
  return { node, value: op === 'div' ? x / y : x * y, about: a.name };
}

function typical(context: TermContext, { name }: FeatureInfo): number {
  return typicalValues(context.features)[name] ?? 1;
}

const PATTERNS: readonly Pattern[] = [
  {
    weight: 10,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      return { node: draft.feature(feature.name), value: typical(context, feature), about: feature.name };
    },
  },
  {
    weight: 3,
    build: (draft, context, random) => {
      const a = pickFeature(context, random);
      const b = pickFeature(context, random);
      const node = draft.op('mul', draft.feature(a.name), draft.feature(b.name));
      return { node, value: typical(context, a) * typical(context, b), about: a.name };
    },
  },
  {
    weight: 3,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      const node = draft.op('sqrt', draft.feature(feature.name));
      return { node, value: Math.sqrt(typical(context, feature)), about: feature.name };
    },
  },
  {
    weight: 1,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      const node = draft.op('log1p', draft.feature(feature.name));
      return { node, value: Math.log1p(typical(context, feature)), about: feature.name };
    },
  },
  {
    weight: 1,
    build: (draft, context, random) => {
      const a = pickFeature(context, random);
      const b = pickFeature(context, random);
      if (context.features.target !== undefined) return quotient(draft, context, a, b);
      const divisor = draft.op('max', draft.feature(b.name), draft.number(1));
      const node = draft.op('div', draft.feature(a.name), divisor);
      return { node, value: typical(context, a) / Math.max(typical(context, b), 1), about: a.name };
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
      return { node, value: (feature.range[1] - threshold) / 2, about: feature.name };
    },
  },
  {
    weight: 1,
    build: (draft, context, random) => {
      const feature = pickFeature(context, random);
      const exponent = 0.5 + random.uniform();
      const node = draft.op('pow', draft.feature(feature.name), draft.constant(`${feature.name}Exponent`, exponent));
      return { node, value: typical(context, feature) ** exponent, about: feature.name };
    },
  },
];

/** An expression of one or two features without a factor in front. */
export function newPattern(draft: Draft, context: TermContext, random: Random): Built {
  const pattern = PATTERNS[random.weighted(PATTERNS.map(({ weight }) => weight))] as Pattern;
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
