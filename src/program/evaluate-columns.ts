import type { Graph } from './ir.ts';
import { OPERATIONS } from './operations.ts';

/** One value for all rows, or one for each. */
export type ColumnValue = number | Float64Array;

/**
 * The reference semantics of the language over whole columns, node by node: equal to `interpret` on every row. What depends on
 * no column stays one number until the end.
 *
 * @param features value of each feature; NaN stands in for one that is missing, and for a missing constant.
 * @param rows length of the columns.
 * @returns one column for each root; it may be one of the feature columns.
 */
export function evaluateColumns(
  graph: Graph,
  features: Readonly<Record<string, ColumnValue>>,
  constants: Readonly<Record<string, number>>,
  rows: number,
): readonly Float64Array[] {
  const values: ColumnValue[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'number') values.push(node.value);
    else if (node.kind === 'feature') values.push(features[node.name] ?? Number.NaN);
    else if (node.kind === 'constant') values.push(constants[node.name] ?? Number.NaN);
    else {
      const args = node.args.map((arg) => values[arg]!);
      values.push(applyOperation(OPERATIONS[node.op].evaluate, args, rows));
    }
  }
  return graph.roots.map((root) => {
    const value = values[root]!;
    return typeof value === 'number' ? new Float64Array(rows).fill(value) : value;
  });
}

function applyOperation(
  evaluate: (args: readonly number[]) => number,
  args: readonly ColumnValue[],
  rows: number,
): ColumnValue {
  const operands = args.map((arg) => (typeof arg === 'number' ? arg : 0));
  const columns = args.flatMap((arg, at) => (typeof arg === 'number' ? [] : [{ arg, at }]));
  if (columns.length === 0) return evaluate(operands);
  const result = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    for (const { arg, at } of columns) operands[at] = arg[row]!;
    result[row] = evaluate(operands);
  }
  return result;
}
