import { type RegressionTable, tableOf } from '../../src/data/index.ts';
import { type Rows, ROWS } from './formula-rows.ts';

/** The column of a law's values, of a name that no variable has. */
const TARGET = 'value';

/** Rows of a formula as the table of a search: shuffled, the share of `ROWS` to validate, none to test, which are drawn apart. */
export function plainTable(names: readonly string[], { columns, y }: Rows): RegressionTable {
  const named = Object.fromEntries(names.map((name, at) => [name, columns[at]!]));
  const valid = ROWS.valid / ROWS.train;
  return tableOf({ ...named, [TARGET]: y }, TARGET, { features: names, shares: { train: 1 - valid, valid } });
}
