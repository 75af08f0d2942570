import { featureGraph, type MeasuredName, modelParameters, type ServingContext } from '../../physics/index.ts';
import { type FeatureTable, type Graph, GraphBuilder, type Interval, type Program } from '../../program/index.ts';

/** Request sums: what a batch is made of. */
export type BatchSums = { readonly [N in MeasuredName]: number };

export const SUM_NAMES: readonly MeasuredName[] = [
  'prefillTokens',
  'decodeTokens',
  'prefillRequests',
  'decodeRequests',
  'kvTokens',
];

/**
 * A program over request sums and model parameters alone: every feature is replaced by its formula. So what features have in
 * common is known, and a batch that cannot exist (more scheduled tokens than prefill and decode tokens together) cannot be
 * asked about.
 */
export function batchGraph(program: Program): Graph {
  const names = program.graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  const formulas = featureGraph(names);
  const builder = new GraphBuilder();
  const feature = new Map(names.map((name, at) => [name, builder.copy(formulas, formulas.roots[at]!)]));
  const root = builder.copy(program.graph, program.graph.roots[0]!, (node) =>
    node.kind === 'feature' ? feature.get(node.name) : undefined,
  );
  return builder.build([root]);
}

/** The values of the model parameters as a graph's features. */
export function parameterValues(context: ServingContext): Readonly<Record<string, number>> {
  return modelParameters(context);
}

/** The ranges of the request sums in a feature table: from nothing to a quarter above the largest value of the training rows. */
export function sumRanges(features: FeatureTable): { readonly [N in MeasuredName]: Interval } {
  const ranges = SUM_NAMES.map((name) => {
    const [lo, hi] = features.find((feature) => feature.name === name)?.range ?? [0, 0];
    return [name, { lo, hi: Math.ceil(hi), mayBeNaN: false }];
  });
  return Object.fromEntries(ranges) as { [N in MeasuredName]: Interval };
}
