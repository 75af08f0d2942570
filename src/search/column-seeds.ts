import type { RegressionTable } from '../data/index.ts';
import { concatColumns, pearson } from '../numeric/index.ts';
import { monomialSource } from './monomial-seed.ts';
import { constantSource, CONSTANT_SEED_NAME } from './last-resort.ts';

/** Most columns of the linear form: it must leave room for what a search adds to it. */
const MOST_COLUMNS = 8;

/** A program that a search on a table starts from. */
export interface ColumnSeed {
  readonly name: string;
  readonly source: string;
}

/**
 * What a search on a table of plain rows starts from: a constant, a line in the column that correlates most with the target, a
 * linear form of the columns, of the eight that correlate most where there are more, and, where the target has one sign, a product of
 * powers of those columns that do.
 */
export function columnSeeds(table: RegressionTable): readonly ColumnSeed[] {
  const trained = (column: Float64Array): Float64Array =>
    concatColumns(table.experiments.map(({ rows }) => column.subarray(...rows.train)));
  const y = trained(table.y);
  const byStrength = table.features
    .map(({ name }, at) => ({ name, r: Math.abs(pearson(trained(table.columns[at]!), y)) }))
    .toSorted((a, b) => b.r - a.r)
    .map(({ name }) => name);
  const [strongest] = byStrength;
  const monomial = monomialSource(table);
  return [
    {
      name: CONSTANT_SEED_NAME,
      source: constantSource('what every other program must be better than', table.features.target),
    },
    ...(strongest === undefined ? [] : [{ name: 'line', source: linearSource('A line in one column', [strongest]) }]),
    ...(byStrength.length < 2
      ? []
      : [{ name: 'linear', source: linearSource('A linear form of the columns', byStrength.slice(0, MOST_COLUMNS)) }]),
    ...(monomial === undefined ? [] : [{ name: 'product', source: monomial }]),
  ];
}

function linearSource(doc: string, names: readonly string[]): string {
  const constants = ['offset: 1', ...names.map((name) => `${name}Factor: 1`)];
  return `/** ${doc}. */
export const constants = { ${constants.join(', ')} };

export function predictStepTime(batch, c) {
  return c.offset + ${names.map((name) => `c.${name}Factor * batch.${name}`).join(' + ')};
}
`;
}
