import { interval, type Interval } from './interval.ts';
import { type Inputs, own } from './interpret.ts';
import type { Graph } from './ir.ts';
import { OPERATIONS } from './operations.ts';

/**
 * Encloses every value that each node can take while inputs stay inside their intervals. Conditions are intervals within
 * [0, 1]. Sound, not tight: how two uses of one input move together is known only for a square.
 *
 * @returns one interval for each node of `graph.nodes`
 * @throws RangeError where a feature or constant has no interval
 */
export function bounds(graph: Graph, inputs: Inputs<Interval>): readonly Interval[] {
  const result: Interval[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'number') result.push(interval(node.value, node.value, Number.isNaN(node.value)));
    else if (node.kind === 'feature') result.push(own(inputs.features, node.name, 'feature'));
    else if (node.kind === 'constant') result.push(own(inputs.constants, node.name, 'constant'));
    else {
      const args = node.args.map((arg) => result[arg] ?? interval(NaN, NaN, true));
      const areOne = node.args.every((arg) => arg === node.args[0]);
      result.push(OPERATIONS[node.op].interval(args, areOne));
    }
  }
  return result;
}
