import { type Graph, GraphBuilder, type Program, reductionOf } from '../program/index.ts';
import { CONTEXT_SUMS } from './contexts.ts';
import type { ContextSource, MeasuredName } from './feature.ts';
import { featureGraph } from './feature-graph.ts';

const COUNTS = ['prefillTokens', 'decodeTokens', 'prefillRequests', 'decodeRequests'] as const;

/** The request sums that features are made of. */
export const SUM_NAMES: { readonly [C in ContextSource]: readonly MeasuredName[] } = {
  blocks: [...COUNTS, 'kvTokens'],
  requests: [...COUNTS, ...CONTEXT_SUMS],
};

/**
 * A program over request sums, reductions over requests and model parameters alone: every other feature is replaced by its formula. So what features have in
 * common is known, and a batch that cannot exist (more scheduled tokens than prefill and decode tokens together) cannot be
 * asked about.
 */
export function batchGraph(program: Program, contexts: ContextSource): Graph {
  const names = program.graph.nodes.flatMap((node) =>
    node.kind === 'feature' && reductionOf(node.name) === undefined ? [node.name] : [],
  );
  const formulas = featureGraph(names, contexts);
  const builder = new GraphBuilder();
  const feature = new Map(names.map((name, at) => [name, builder.copy(formulas, formulas.roots[at]!)]));
  const root = builder.copy(program.graph, program.graph.roots[0]!, (node) =>
    node.kind === 'feature' ? feature.get(node.name) : undefined,
  );
  return builder.build([root]);
}
