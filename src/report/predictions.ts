import { type RegressionTable, withReductionColumns } from '../data/index.ts';
import { type GroupFit, groupOf, type Scope } from '../evaluate/index.ts';
import { evaluateColumns, type Program } from '../program/index.ts';

/**
 * Step times that a program predicts for every row of a table, µs; NaN for experiments that have no fitted constants. The
 * reference semantics of the language, so equal to the kernel's values up to rounding.
 */
export function predictTable(
  given: RegressionTable,
  program: Program,
  fits: readonly GroupFit[],
  scope: Scope,
): Float64Array {
  const table = withReductionColumns(given, program.graph);
  const predicted = new Float64Array(table.y.length).fill(Number.NaN);
  for (const experiment of table.experiments) {
    const fit = fits.find(({ group }) => group === groupOf(experiment, scope));
    if (fit === undefined) continue;
    const ranges = Object.values(experiment.rows);
    const start = Math.min(...ranges.map(([from]) => from));
    const end = Math.max(...ranges.map(([, to]) => to));
    const columns = Object.fromEntries(
      table.features.map(({ name }, i) => [name, table.columns[i]!.subarray(start, end)]),
    );
    const [values] = evaluateColumns(program.graph, columns, fit.constants, end - start);
    predicted.set(values!, start);
  }
  return predicted;
}
