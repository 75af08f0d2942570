import type { RegressionTable } from '../data/index.ts';
import { concatColumns, solveSymmetric } from '../numeric/index.ts';
import { factorSource, roundedExponent } from './factor-source.ts';

/** Most columns of a product: it must leave room for what a search adds to it. */
const MOST_FACTORS = 6;

/**
 * A product of powers of columns, c · x₁^a · x₂^b …, that fits the target best by least squares of logarithms, of the training rows
 * alone; c is free in each experiment. Exponents near a half or a third are rounded, columns whose exponent is then 0 are left out, the
 * others stay constants to be fitted. Columns of both signs take no part.
 *
 * @returns undefined where the target is 0 somewhere or has both signs, or no column has a part in it
 */
export function monomialSource(table: RegressionTable): string | undefined {
  const sign = signOf(table, table.y);
  if (sign === 0) return undefined;
  const y = logarithms(table, table.y);
  const columns = table.features.flatMap(({ name }, at) => {
    const ofColumn = signOf(table, table.columns[at]!);
    if (ofColumn === 0) return [];
    const logs = logarithms(table, table.columns[at]!);
    const correlation = dot(logs, y) ** 2 / dot(logs, logs);
    return dot(logs, logs) > 0 ? [{ name, sign: ofColumn, logs, correlation }] : [];
  });
  // A product is found column by column only where none of them is left out, so the least telling go last.
  const chosen = columns.toSorted((a, b) => b.correlation - a.correlation).slice(0, MOST_FACTORS);
  const exponents = leastSquares(
    chosen.map(({ logs }) => logs),
    y,
  );
  const factors = chosen.flatMap(({ name, sign: ofColumn }, k) => {
    const exponent = roundedExponent(exponents[k]!);
    return exponent === 0 ? [] : [{ name, isNegative: ofColumn < 0, exponent }];
  });
  return factors.length === 0 ? undefined : factorSource(factors, sign);
}

/** 1 or −1 where all training values have that sign, else 0. */
function signOf({ experiments }: RegressionTable, column: Float64Array): -1 | 0 | 1 {
  const parts = experiments.map(({ rows }) => column.subarray(...rows.train));
  if (parts.every((part) => part.every((value) => value > 0))) return 1;
  return parts.every((part) => part.every((value) => value < 0)) ? -1 : 0;
}

/** Of training rows, less their mean in each experiment, each times the root of what its row counts. */
function logarithms({ experiments, rowWeights }: RegressionTable, column: Float64Array): Float64Array {
  const parts = experiments.map(({ rows }) => {
    const logs = column.subarray(...rows.train).map((value) => Math.log(Math.abs(value)));
    const weights = rowWeights?.subarray(...rows.train) ?? new Float64Array(logs.length).fill(1);
    const total = weights.reduce((a, b) => a + b, 0);
    const level = total > 0 ? dot(weights, logs) / total : 0;
    return logs.map((value, i) => Math.sqrt(weights[i]!) * (value - level));
  });
  return concatColumns(parts);
}

function leastSquares(columns: readonly Float64Array[], y: Float64Array): Float64Array {
  const matrix = Float64Array.from(columns.flatMap((a) => columns.map((b) => dot(a, b))));
  return solveSymmetric(
    matrix,
    Float64Array.from(columns, (column) => dot(column, y)),
    columns.length,
  ).x;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
