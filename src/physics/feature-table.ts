import { quantileOfSorted } from '../numeric/index.ts';
import {
  type FeatureInfo,
  type FeatureTable,
  featuresWith,
  QUANTILE_LEVELS,
  type RequestTable,
} from '../program/index.ts';
import type { ContextSource, FeatureKind } from './feature.ts';
import { isCount, everyFeature } from './features.ts';
import { REQUEST_FIELDS } from './request-fields.ts';

type Range = readonly [number, number];

/**
 * All that programs may read of any data, reductions over requests among it, each with the range of all that is possible: what tells
 * units where no data is at hand.
 */
export function allFeatures(): FeatureTable {
  const infos = new Map<string, FeatureInfo>();
  for (const contexts of ['blocks', 'requests'] as const) {
    for (const info of featureTable(undefined, contexts)) if (!infos.has(info.name)) infos.set(info.name, info);
  }
  const fields = REQUEST_FIELDS.map(({ name, unit, meaning, limit }) => ({
    name,
    unit,
    meaning,
    range: [0, limit] as const,
  }));
  return featuresWith([...infos.values()], { requests: { fields, most: Number.POSITIVE_INFINITY } });
}

/**
 * The table of features that programs may use.
 *
 * @param columns training rows by feature name; features without a column are left out. A range starts at the smallest
 * possible value, since a simulator meets batches that no trace holds (first tokens, empty caches), and ends a quarter
 * of the width above the largest value seen, since later traffic is heavier; it never leaves what is possible. What the
 * model decides keeps the values seen. Without columns: all features, each with the range of all that is possible and no quantiles.
 * @param contexts how the columns know the contexts of requests.
 * @param requests what reductions over requests may read, where the state of each is known.
 */
export function featureTable(
  columns?: Readonly<Record<string, Float64Array>>,
  contexts: ContextSource = 'blocks',
  requests?: RequestTable,
): FeatureTable {
  const infos = everyFeature(contexts).flatMap(({ name, unit, meaning, kind, limits }) => {
    const counts = isCount(name, contexts);
    const info = { name, unit, meaning, isCount: counts, isDiscrete: counts || kind === 'architecture' };
    if (columns === undefined) return [{ ...info, range: limits }];
    const column = columns[name];
    return column === undefined ? [] : [{ ...info, range: rangeOf(column, kind, limits), ...quantilesOf(column) }];
  });
  return featuresWith(infos, requests === undefined ? {} : { requests });
}

function quantilesOf(column: Float64Array): Pick<FeatureInfo, 'quantiles'> {
  if (column.length === 0) return {};
  const sorted = column.toSorted();
  return { quantiles: QUANTILE_LEVELS.map((level) => quantileOfSorted(sorted, level)) };
}

function rangeOf(column: Float64Array, kind: FeatureKind, limits: Range): Range {
  if (column.length === 0 || (kind !== 'architecture' && Number.isFinite(limits[1]))) return limits;
  const low = column.reduce((a, b) => Math.min(a, b));
  const high = column.reduce((a, b) => Math.max(a, b));
  return kind === 'architecture' ? [low, high] : [limits[0], Math.min(high + (high - limits[0]) / 4, limits[1])];
}
