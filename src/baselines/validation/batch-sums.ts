import {
  type ContextSource,
  modelParameters,
  type RecordedSum,
  type ServingContext,
  type StateFigure,
  SUM_NAMES,
} from '../../physics/index.ts';
import type { FeatureTable, Interval } from '../../program/index.ts';

/** Request sums: what a batch is made of; the last ones where the state of requests was recorded. */
export type BatchSums = { readonly [N in RecordedSum]: number } & { readonly [N in StateFigure]?: number };

/** Ranges of the request sums. */
export type SumRanges = { readonly [N in RecordedSum]: Interval } & { readonly [N in StateFigure]?: Interval };

/** The values of the model parameters as a graph's features. */
export function parameterValues(context: ServingContext): Readonly<Record<string, number>> {
  return modelParameters(context);
}

/** The ranges of the request sums in a feature table: from nothing to a quarter above the largest value of the training rows. */
export function sumRanges(features: FeatureTable, contexts: ContextSource): SumRanges {
  const ranges = SUM_NAMES[contexts].map((name) => {
    const [lo, hi] = features.find((feature) => feature.name === name)?.range ?? [0, 0];
    return [name, { lo, hi: Math.ceil(hi), mayBeNaN: false }];
  });
  return Object.fromEntries(ranges) as SumRanges;
}
