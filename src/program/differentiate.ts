import { GraphBuilder, isBoolean } from './graph-builder.ts';
import type { Graph, Program } from './ir.ts';
import type { Emitter } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { simplifying } from './rewrite.ts';

/**
 * The value of a graph's root and its derivative by each name, as one graph that shares what they have in common
 * (forward mode: one tangent for each name, simplified as it is built). At a kink the derivative is that of one side; a
 * root's infinite slope at 0 counts as 0; comparisons, floor and ceil have derivative 0.
 *
 * @returns roots: value, then ∂value/∂name in the order of `names`
 */
export function differentiateGraph(graph: Graph, kind: 'constant' | 'feature', names: readonly string[]): Graph {
  const builder = new GraphBuilder();
  const emit: Emitter = simplifying(builder, 'all');
  const values: number[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') values.push(emit.op(node.op, ...node.args.map((arg) => values[arg] ?? -1)));
    else if (node.kind === 'number') values.push(emit.number(node.value));
    else values.push(node.kind === 'feature' ? builder.feature(node.name) : builder.constant(node.name));
  }
  const zero = emit.number(0);
  const root = graph.roots[0] ?? -1;
  const partials = names.map((name) => {
    const tangents: number[] = [];
    graph.nodes.forEach((node, i) => {
      if (node.kind !== 'op') {
        tangents.push(emit.number(node.kind === kind && node.name === name ? 1 : 0));
        return;
      }
      const inner = node.args.map((arg) => tangents[arg] ?? zero);
      const moves = !isBoolean(node) && inner.some((tangent) => emit.literal(tangent) !== 0);
      const args = node.args.map((arg) => values[arg] ?? -1);
      tangents.push(moves ? OPERATIONS[node.op].derivative(emit, args, inner, values[i] ?? -1) : zero);
    });
    return tangents[root] ?? zero;
  });
  return builder.build([values[root] ?? -1, ...partials]);
}

/**
 * Value and derivatives by constants; see `differentiateGraph`.
 *
 * @param names constants, default all of the program in order
 */
export function differentiate(
  program: Program,
  names: readonly string[] = program.constants.map((constant) => constant.name),
): Graph {
  return differentiateGraph(program.graph, 'constant', names);
}
