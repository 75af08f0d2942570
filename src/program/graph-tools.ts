import type { ConstantSpec, Graph } from './ir.ts';

/** How often each node is used: as an argument (twice by x · x) or as a root. */
export function useCounts(graph: Graph): Uint32Array {
  const uses = new Uint32Array(graph.nodes.length);
  const add = (index: number): void => {
    uses[index] = (uses[index] ?? 0) + 1;
  };
  for (const node of graph.nodes) if (node.kind === 'op') node.args.forEach(add);
  graph.roots.forEach(add);
  return uses;
}

/** The specs of the constants that the graph uses, in their order. */
export function usedConstants(constants: readonly ConstantSpec[], graph: Graph): readonly ConstantSpec[] {
  const used = new Set(graph.nodes.flatMap((node) => (node.kind === 'constant' ? [node.name] : [])));
  return Object.freeze(constants.filter((constant) => used.has(constant.name)));
}

/** The value of a node that is a number as it stands. */
export function literalOf(graph: Graph, index: number | undefined): number | undefined {
  const node = graph.nodes[index ?? -1];
  return node?.kind === 'number' ? node.value : undefined;
}

/** Per node: whether no feature is below it. */
export function withoutFeatures(graph: Graph): readonly boolean[] {
  const fixed: boolean[] = [];
  for (const node of graph.nodes) {
    fixed.push(node.kind === 'op' ? node.args.every((arg) => fixed[arg] === true) : node.kind !== 'feature');
  }
  return fixed;
}
