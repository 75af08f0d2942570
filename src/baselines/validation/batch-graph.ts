import {
  type ContextSource,
  featureGraph,
  type MeasuredName,
  modelParameters,
  type RecordedSum,
  type ServingContext,
  type StateFigure,
} from '../../physics/index.ts';
import { type FeatureTable, type Graph, GraphBuilder, type Interval, type Program } from '../../program/index.ts';

/** Request sums: what a batch is made of; the last ones where the state of requests was recorded. */
export type BatchSums = { readonly [N in RecordedSum]: number } & { readonly [N in StateFigure]?: number };

const RECORDED: readonly RecordedSum[] = [
  'prefillTokens',
  'decodeTokens',
  'prefillRequests',
  'decodeRequests',
  'kvTokens',
];
const FROM_STATE: readonly StateFigure[] = ['prefillKvTokens', 'decodeKvTokens', 'kvMax', 'decodeKvMax', 'kvVariance'];

/** The request sums that features are made of. */
export const SUM_NAMES: { readonly [C in ContextSource]: readonly MeasuredName[] } = {
  blocks: RECORDED,
  requests: [...RECORDED, ...FROM_STATE],
};

/** Ranges of the request sums. */
export type SumRanges = { readonly [N in RecordedSum]: Interval } & { readonly [N in StateFigure]?: Interval };

/**
 * A program over request sums and model parameters alone: every feature is replaced by its formula. So what features have in
 * common is known, and a batch that cannot exist (more scheduled tokens than prefill and decode tokens together) cannot be
 * asked about.
 */
export function batchGraph(program: Program, contexts: ContextSource): Graph {
  const names = program.graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  const formulas = featureGraph(names, contexts);
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
export function sumRanges(features: FeatureTable, contexts: ContextSource): SumRanges {
  const ranges = SUM_NAMES[contexts].map((name) => {
    const [lo, hi] = features.find((feature) => feature.name === name)?.range ?? [0, 0];
    return [name, { lo, hi: Math.ceil(hi), mayBeNaN: false }];
  });
  return Object.fromEntries(ranges) as SumRanges;
}
