import { mean, quantileOfSorted } from '../../../../numeric/index.ts';
import type { PredictedRows } from './rows.ts';
import { markdownTable, short } from './text.ts';

/** Bins of a feature at most. */
const BINS = 4;
const DIGITS = 3;
const MOST_DECIMALS = 12;

/**
 * Mean residuals by bin, each with its standard error and the number of rows: what single rows cannot tell, since they mix a
 * program's bias with the noise of one measurement. Bins are of equal numbers of rows by what was predicted, then by each of the features
 * given; a last column has the group that is worst.
 *
 * @param worst group of the experiment of the largest error; left out where it is the only one
 * @returns empty where no single rows were measured
 */
export function binsTable(
  rows: PredictedRows,
  features: readonly string[],
  { worst, isRelative }: { readonly worst: string | undefined; readonly isRelative: boolean },
): string {
  const { predicted, residuals, groups } = rows;
  if (predicted.length === 0) return '';
  const both = worst !== undefined && groups.some((group) => group !== worst);
  const by = [
    [isRelative ? 'predicted µs' : 'prediction', predicted] as const,
    ...features.flatMap((name) => {
      const column = rows.column(name);
      return column === undefined ? [] : [[name, column] as const];
    }),
  ];
  const residualOf = (members: readonly number[]): string =>
    meanOf(
      members.map((at) => residuals[at]!),
      isRelative,
    );
  return markdownTable(
    ['by', 'from … to', 'rows', isRelative ? 'left open %' : 'left open', ...(both ? [`in ${worst}`] : [])],
    by.flatMap(([name, values]) =>
      binsOf(values).map((members, bin) => [
        bin === 0 ? name : '',
        rangeOf(members.map((at) => values[at]!)),
        String(members.length),
        residualOf(members),
        ...(both ? [residualOf(members.filter((at) => groups[at] === worst))] : []),
      ]),
    ),
  );
}

/** Rows of each bin, in order of the values; equal values are in one bin. */
function binsOf(values: Float64Array): readonly (readonly number[])[] {
  const sorted = values.toSorted();
  const distinct = [...new Set(sorted)];
  const edges =
    distinct.length <= BINS
      ? distinct
      : [...new Set(Array.from({ length: BINS }, (_, k) => quantileOfSorted(sorted, (k + 1) / BINS)))];
  const bins = edges.map((): number[] => []);
  for (const [at, value] of values.entries()) bins[edges.findIndex((edge) => value <= edge)]?.push(at);
  return bins.filter((members) => members.length > 0);
}

function rangeOf(values: readonly number[]): string {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return low === high ? short(low, DIGITS) : `${short(low, DIGITS)} … ${short(high, DIGITS)}`;
}

function meanOf(values: readonly number[], isRelative: boolean): string {
  if (values.length === 0) return '–';
  const scale = isRelative ? 100 : 1;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) * (value - centre), 0);
  const error = Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
  // Digits below the first one of the standard error mean nothing.
  const [, exponent = '0'] = (scale * error).toExponential(0).split('e');
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, -Number(exponent)));
  return `${Number((scale * centre).toFixed(decimals)) + 0} ± ${short(scale * error, 1)}`;
}
