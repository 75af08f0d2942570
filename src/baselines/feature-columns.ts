import { computeFeatures } from '../physics/index.ts';
import type { Graph } from '../program/index.ts';
import type { StepRows } from './rows.ts';

/** The features that a graph reads, as columns of some rows. */
export function featureColumns(graph: Graph, rows: StepRows): Readonly<Record<string, Float64Array>> {
  const names = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  return computeFeatures(rows.steps, rows.context, names, rows.contexts, rows.requests);
}
