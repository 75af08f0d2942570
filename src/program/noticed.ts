import { literalOf } from './graph-tools.ts';
import type { Graph } from './ir.ts';
import { NOT_FINITE, type Noticed, UNNOTICED } from './operations/columns.ts';
import { OPERATIONS } from './operations.ts';

/**
 * What the root is sure to notice of each node, whatever the other nodes are: by `some` way from the node to the root, where
 * a branch of a choice is no way since it may not be taken; or by `every` way, where it is one since it only matters if taken.
 */
export function whereNoticed(graph: Graph, ways: 'some' | 'every'): readonly Noticed[] {
  const noticed = graph.nodes.map((): Noticed => (ways === 'some' ? UNNOTICED : NOT_FINITE));
  for (const root of graph.roots) noticed[root] = NOT_FINITE;
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    const above = noticed[i];
    if (node?.kind !== 'op' || above === undefined) continue;
    const { kind, notices } = OPERATIONS[node.op];
    node.args.forEach((arg, at) => {
      const isBranch = kind === 'select' && at > 0 && ways === 'every';
      const here = isBranch ? above : notices(above, at, (other) => literalOf(graph, node.args[other]));
      const others = noticed[arg] ?? UNNOTICED;
      if (ways === 'some' ? here > others : here < others) noticed[arg] = here;
    });
  }
  return noticed;
}
