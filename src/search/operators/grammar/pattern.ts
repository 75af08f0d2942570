import type { Random } from '../../../numeric/index.ts';
import { type FeatureInfo, type FeatureTable, spreadOf } from '../../../program/index.ts';
import type { Draft } from './draft.ts';
import type { Material } from './material.ts';

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

/** A start value where the training rows are, all quantiles that differ being as likely: where a regime may change. */
export function pickThreshold(feature: FeatureInfo, random: Random): number {
  const values = spreadOf(feature);
  const at = random.uniform() * (values.length - 1);
  const [low = 0, high = low] = values.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (at - Math.floor(at)) * (high - low);
}

/** A form of an expression. */
export interface Pattern {
  readonly weight: number;
  readonly build: (draft: Draft, context: TermContext, random: Random) => Built;
}

export interface Built {
  readonly node: number;
  /** On a typical row. */
  readonly value: number;
  /** What to name a constant in front of it after. */
  readonly about: string;
}

export interface Scaled {
  readonly feature: FeatureInfo;
  readonly c: number;
  /** Of the feature and c. */
  readonly ratio: number;
}

/** x / c with c where the training rows are. In front of a power it would tell nothing: a factor of that takes it in. */
export function scaled(draft: Draft, context: TermContext, random: Random): Scaled {
  const feature = pickFeature(context, random);
  const c = Math.abs(pickThreshold(feature, random)) || 1;
  const ratio = draft.op('div', draft.feature(feature.name), draft.constant(`${feature.name}Scale`, c));
  return { feature, c, ratio };
}
