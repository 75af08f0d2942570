import type { RegressionTable } from '../../src/data/index.ts';
import { MIXED } from '../../src/program/index.ts';
import { readSource, type Seed } from '../../src/search/index.ts';
import type { Rows } from './formula-rows.ts';

/** Nobody counts what is in them. */
const TABLE = 'table';

/**
 * Plain rows as the one experiment of a table, the last of them to validate. A search of step times goes by relative errors, so
 * targets that are not all above 0 are moved to where the largest is twice the smallest.
 */
export function plainTable(
  names: readonly string[],
  { columns, y }: Rows,
  valid: number,
): { readonly table: RegressionTable; readonly offset: number } {
  const rows = y.length;
  const [least, greatest] = rangeOf(y);
  const offset = least > 0 ? 0 : greatest - 2 * least;
  const equal = new Float64Array(rows).fill(1);
  const table: RegressionTable = {
    features: names.map((name, at) => ({ name, unit: MIXED, meaning: name, range: rangeOf(columns[at]!) })),
    columns,
    y: y.map((value) => value + offset),
    weights: { e2e: equal, ttft: equal, itl: equal },
    experiments: [
      {
        id: TABLE,
        model: TABLE,
        workload: TABLE,
        tp: 1,
        modelKey: TABLE,
        weight: 1,
        rows: { train: [0, rows - valid], valid: [rows - valid, rows], test: [rows, rows] },
      },
    ],
  };
  return { table, offset };
}

/** A plane in all columns: what a search of plain rows starts from. */
export function lineSeed(names: readonly string[]): Seed {
  const terms = names.map((name, k) => `c.slope${k} * batch.${name}`);
  const constants = ['level', ...names.map((_, k) => `slope${k}`)].map((name) => `${name}: 1`);
  return {
    name: 'plane',
    program: readSource(`export const constants = { ${constants.join(', ')} };

export function predictStepTime(batch, c) {
  return c.level + ${terms.join(' + ')};
}
`),
  };
}

function rangeOf(values: Float64Array): readonly [number, number] {
  return values.reduce<readonly [number, number]>(
    ([least, greatest], value) => [Math.min(least, value), Math.max(greatest, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
