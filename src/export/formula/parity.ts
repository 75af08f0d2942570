import { groupOf } from '../../evaluate/index.ts';
import { interpret } from '../../program/index.ts';
import type { FormulaInput } from './types.ts';

/** A row with what the program makes of it. */
export interface ParityRow {
  readonly group: string;
  /** In the order of the formula's columns. */
  readonly values: readonly number[];
  readonly expected: number;
}

/** Rows of each group; what is printed wrongly is wrong on most of them. */
const ROWS = 8;

/** Rows of the table, evenly spaced in each group, with the predictions of the language's own semantics. */
export function parityRows({ program, fits, scope, columns, table }: FormulaInput): readonly ParityRow[] {
  const read = columns.map(({ name }) => table.columns[table.features.findIndex((feature) => feature.name === name)]!);
  return fits.flatMap(({ group, constants }) => {
    const rows = table.experiments
      .filter((experiment) => groupOf(experiment, scope) === group)
      .flatMap(({ rows: { train } }) => Array.from({ length: train[1] - train[0] }, (_, at) => train[0] + at));
    const stride = Math.max(1, Math.floor(rows.length / ROWS));
    return rows
      .filter((_, at) => at % stride === 0)
      .slice(0, ROWS)
      .map((row) => {
        const values = read.map((column) => column[row]!);
        const features = Object.fromEntries(columns.map(({ name }, at) => [name, values[at]!]));
        return { group, values, expected: interpret(program.graph, { features, constants })[0] ?? Number.NaN };
      })
      .filter(({ expected }) => Number.isFinite(expected));
  });
}

/** Relative deviation that rounding of other mathematical functions may make. */
export const PARITY_TOLERANCE = 1e-9;
