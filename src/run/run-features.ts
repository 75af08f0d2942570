import { allFeatures } from '../physics/index.ts';
import { type FeatureTable, featuresWith } from '../program/index.ts';
import type { RunConfig } from './config-schema.ts';

const ANYWHERE = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** All that programs of a run may read, and what they predict, with the range of all that is possible: known without its data. */
export function runFeatures({ data: { table } }: Pick<RunConfig, 'data'>): FeatureTable {
  if (table === undefined) return allFeatures();
  const { target, features, description } = table;
  return featuresWith(
    features.map(({ name, header, unit }) => ({ name, unit, meaning: header === name ? '' : header, range: ANYWHERE })),
    { target: { name: target.header, unit: target.unit, ...(description !== undefined && { description }) } },
  );
}
