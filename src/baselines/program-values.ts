import { computeFeatures } from '../physics/index.ts';
import { type Graph, OPERATORS } from '../program/index.ts';
import type { StepRows } from './rows.ts';

type Values = number | Float64Array;

/** The features that a graph reads, as columns of some rows. */
export function featureColumns(graph: Graph, rows: StepRows): Readonly<Record<string, Float64Array>> {
  const names = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  return computeFeatures(rows.steps, rows.context, names);
}

/**
 * Values of every root on every row: the reference semantics of the language, node by node over whole columns. What does not
 * depend on a feature stays one number until the end.
 *
 * @returns one column of `length` for each root; columns may be shared with the features.
 */
export function evaluateColumns(
  graph: Graph,
  features: Readonly<Record<string, Float64Array>>,
  constants: Readonly<Record<string, number>>,
  length: number,
): readonly Float64Array[] {
  const values: Values[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'number') values.push(node.value);
    else if (node.kind === 'constant') values.push(constants[node.name] ?? Number.NaN);
    else if (node.kind === 'feature') values.push(features[node.name] ?? Number.NaN);
    else {
      const args = node.args.map((arg) => values[arg]!);
      values.push(applyOperation(OPERATORS[node.op].evaluate, args, length));
    }
  }
  return graph.roots.map((root) => {
    const value = values[root]!;
    return typeof value === 'number' ? new Float64Array(length).fill(value) : value;
  });
}

function applyOperation(
  evaluate: (args: readonly number[]) => number,
  args: readonly Values[],
  length: number,
): Values {
  const scratch = args.map((arg) => (typeof arg === 'number' ? arg : 0));
  if (args.every((arg) => typeof arg === 'number')) return evaluate(scratch);
  const result = new Float64Array(length);
  const columns = args.flatMap((arg, at) => (typeof arg === 'number' ? [] : [{ arg, at }]));
  for (let row = 0; row < length; row++) {
    for (const { arg, at } of columns) scratch[at] = arg[row]!;
    result[row] = evaluate(scratch);
  }
  return result;
}
