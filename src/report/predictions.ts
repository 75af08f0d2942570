import type { RegressionTable } from '../data/index.ts';
import { type GroupFit, groupOf, type Scope } from '../evaluate/index.ts';
import { OPERATORS, type Program } from '../program/index.ts';

/** Values of a graph over rows, node by node; the names are checked once and not for every row. */
function predictRows(
  program: Program,
  columns: ReadonlyMap<string, Float64Array>,
  constants: Readonly<Record<string, number>>,
  [start, end]: readonly [number, number],
): Float64Array {
  const rows = end - start;
  const values: Float64Array[] = [];
  for (const node of program.graph.nodes) {
    if (node.kind === 'number') values.push(new Float64Array(rows).fill(node.value));
    else if (node.kind === 'constant') values.push(new Float64Array(rows).fill(constants[node.name] ?? Number.NaN));
    else if (node.kind === 'feature') {
      values.push(columns.get(node.name)?.subarray(start, end) ?? new Float64Array(rows).fill(Number.NaN));
    } else {
      const { evaluate } = OPERATORS[node.op];
      const args = node.args.map((arg) => values[arg]!);
      const operands = new Array<number>(args.length);
      const out = new Float64Array(rows);
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < args.length; i++) operands[i] = args[i]![row]!;
        out[row] = evaluate(operands);
      }
      values.push(out);
    }
  }
  return values[program.graph.roots[0]!]!;
}

/**
 * Step times that a program predicts for every row of a table, µs; NaN for experiments that have no fitted constants. The
 * reference semantics of the language, so equal to the kernel's values up to rounding.
 */
export function predictTable(
  table: RegressionTable,
  program: Program,
  fits: readonly GroupFit[],
  scope: Scope,
): Float64Array {
  const columns = new Map(table.features.map(({ name }, i) => [name, table.columns[i]!]));
  const predicted = new Float64Array(table.y.length).fill(Number.NaN);
  for (const experiment of table.experiments) {
    const fit = fits.find(({ group }) => group === groupOf(experiment, scope));
    if (fit === undefined) continue;
    const ranges = Object.values(experiment.rows);
    const start = Math.min(...ranges.map(([from]) => from));
    const end = Math.max(...ranges.map(([, to]) => to));
    predicted.set(predictRows(program, columns, fit.constants, [start, end]), start);
  }
  return predicted;
}
