import { interval, type Interval, powIntervals } from './interval.ts';
import { type Inputs, own } from './interpret.ts';
import type { Graph } from './ir.ts';
import { OPERATORS } from './operators.ts';

/**
 * Encloses every value that each node can take while inputs stay inside their intervals. Conditions are intervals within
 * [0, 1]. Sound, not tight: how two uses of one input move together is known only for a square.
 *
 * @returns one interval for each node of `graph.nodes`
 * @throws RangeError where a feature or constant has no interval
 */
export const bounds = (graph: Graph, inputs: Inputs<Interval>): readonly Interval[] => {
  const result: Interval[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'number') result.push(interval(node.value, node.value, Number.isNaN(node.value)));
    else if (node.kind === 'feature') result.push(own(inputs.features, node.name, 'feature'));
    else if (node.kind === 'constant') result.push(own(inputs.constants, node.name, 'constant'));
    else {
      const args = node.args.map((arg) => result[arg] ?? interval(NaN, NaN, true));
      const [base] = args;
      const square = node.op === 'mul' && node.args[0] === node.args[1] && base !== undefined;
      result.push(square ? powIntervals(base, interval(2, 2)) : OPERATORS[node.op].interval(args));
    }
  }
  return result;
};
