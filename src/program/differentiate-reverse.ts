import { GraphBuilder, isBoolean } from './graph-builder.ts';
import type { Graph } from './ir.ts';
import type { Emitter } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { simplifying } from './rewrite.ts';

/**
 * The value of a graph's root and its derivatives by constants, in reverse mode: one adjoint for each node, pushed from the
 * root to the leaves, so that the work does not grow with the number of constants.
 *
 * A branch that was not taken has adjoint 0, and 0 times an infinite slope would be NaN; below conditionals such a product
 * is selected to be 0, which is what `differentiate` gives.
 *
 * @returns roots: value, then the derivatives in the order of `names`
 */
export function differentiateReverse(graph: Graph, names: readonly string[]): Graph {
  const builder = new GraphBuilder();
  const emit: Emitter = simplifying(builder, 'all');
  const values: number[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') values.push(emit.op(node.op, ...node.args.map((arg) => values[arg] as number)));
    else if (node.kind === 'number') values.push(emit.number(node.value));
    else values.push(node.kind === 'feature' ? builder.feature(node.name) : builder.constant(node.name));
  }
  const zero = emit.number(0);
  const wanted = reachable(graph, new Set(names));
  const adjoints: number[] = graph.nodes.map(() => zero);
  const switched: boolean[] = graph.nodes.map(() => false);
  const root = graph.roots[0] as number;
  adjoints[root] = emit.number(1);
  for (let i = root; i >= 0; i--) {
    const node = graph.nodes[i];
    const adjoint = adjoints[i] as number;
    if (node?.kind !== 'op' || isBoolean(node) || emit.literal(adjoint) === 0) continue;
    const args = node.args.map((arg) => values[arg] as number);
    const { derivative, tangent } = OPERATIONS[node.op];
    const branches = tangent === 'chosen';
    for (const [k, arg] of node.args.entries()) {
      if (wanted[arg] !== true) continue;
      // Linear in the tangents, the forward rule also carries an adjoint to one argument.
      const tangents = node.args.map((_, j) => (j === k ? adjoint : zero));
      const pushed = derivative(emit, args, tangents, values[i] as number);
      const isSafe = switched[i] !== true || tangent !== 'multiplied';
      const share = isSafe ? pushed : emit.op('select', emit.op('eq', adjoint, zero), zero, pushed);
      adjoints[arg] = emit.op('add', adjoints[arg] as number, share);
      switched[arg] = switched[arg] === true || switched[i] === true || branches;
    }
  }
  const partials = names.map((name) => {
    const at = graph.nodes.findIndex((node) => node.kind === 'constant' && node.name === name);
    return at < 0 ? zero : (adjoints[at] as number);
  });
  return builder.build([values[root] as number, ...partials]);
}

/** Whether one of the names is at or below each node. */
function reachable(graph: Graph, names: ReadonlySet<string>): readonly boolean[] {
  const found: boolean[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'op') found.push(!isBoolean(node) && node.args.some((arg) => found[arg] === true));
    else found.push(node.kind === 'constant' && names.has(node.name));
  }
  return found;
}
