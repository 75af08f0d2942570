import type { Graph } from './ir.ts';
import { OPERATIONS } from './operations.ts';

interface Step {
  readonly at: number;
  readonly evaluate: (args: readonly number[]) => number;
  readonly from: readonly number[];
  /** Filled anew each time. */
  readonly args: number[];
}

/**
 * A graph without constants, made ready for one row after another: for callers that know the next row only when they have the
 * value of the last. Equal to `interpret` on every row; what depends on no feature is computed once.
 *
 * @param features names of the values of a row, in their order.
 * @returns takes the values of a row and gives the first root's value.
 * @throws RangeError where the graph reads a constant or a feature that is not among them.
 */
export function rowEvaluator(graph: Graph, features: readonly string[]): (row: ArrayLike<number>) => number {
  const values = new Float64Array(graph.nodes.length);
  const inputs: { readonly at: number; readonly from: number }[] = [];
  const steps: Step[] = [];
  const varies = new Set<number>();
  for (const [at, node] of graph.nodes.entries()) {
    if (node.kind === 'number') values[at] = node.value;
    else if (node.kind === 'constant') throw new RangeError(`no value for constant ${node.name}`);
    else if (node.kind === 'feature') {
      const from = features.indexOf(node.name);
      if (from < 0) throw new RangeError(`no value for feature ${node.name}`);
      inputs.push({ at, from });
      varies.add(at);
    } else {
      const { evaluate } = OPERATIONS[node.op];
      const step = { at, evaluate, from: node.args, args: node.args.map((arg) => values[arg]!) };
      if (node.args.some((arg) => varies.has(arg))) {
        steps.push(step);
        varies.add(at);
      } else values[at] = evaluate(step.args);
    }
  }
  const root = graph.roots[0]!;
  return (row) => {
    for (const { at, from } of inputs) values[at] = row[from]!;
    for (const { at, evaluate, from, args } of steps) {
      for (let a = 0; a < args.length; a++) args[a] = values[from[a]!]!;
      values[at] = evaluate(args);
    }
    return values[root]!;
  };
}
