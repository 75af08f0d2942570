import type { Graph } from './ir.ts';
import { OPERATIONS } from './operations.ts';

/** Values by name. */
export interface Inputs<T = number> {
  readonly features: Readonly<Record<string, T>>;
  readonly constants: Readonly<Record<string, T>>;
}

/** The value of `name`, from own properties only; throws a `RangeError` that names what is missing. */
export function own<T>(record: Readonly<Record<string, T>>, name: string, what: string): T {
  const value = Object.hasOwn(record, name) ? record[name] : undefined;
  if (value === undefined) throw new RangeError(`no value for ${what} ${name}`);
  return value;
}

/** Value of every node, in the order of `graph.nodes`; conditions are 1 and 0. */
export function evaluateNodes(graph: Graph, inputs: Inputs): Float64Array {
  const values = new Float64Array(graph.nodes.length);
  graph.nodes.forEach((node, i) => {
    if (node.kind === 'number') values[i] = node.value;
    else if (node.kind === 'feature') values[i] = own(inputs.features, node.name, 'feature');
    else if (node.kind === 'constant') values[i] = own(inputs.constants, node.name, 'constant');
    else values[i] = OPERATIONS[node.op].evaluate(node.args.map((arg) => values[arg] ?? NaN));
  });
  return values;
}

/**
 * Reference semantics of the language: every printer is tested against it. Slow; for rows use a kernel.
 *
 * @returns one value for each root
 * @throws RangeError where a feature or constant has no value
 */
export function interpret(graph: Graph, inputs: Inputs): readonly number[] {
  const values = evaluateNodes(graph, inputs);
  return graph.roots.map((root) => values[root] ?? NaN);
}
