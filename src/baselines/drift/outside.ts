import { type FittedRange, isInRange } from './fitted-ranges.ts';

type Batches = Readonly<Record<string, Float64Array>>;

/** A feature that has values outside of the range that was fitted. */
export interface OutsideFeature {
  /** Its name. */
  readonly feature: string;
  /** Percent of all batches. */
  readonly percent: number;
  /** The middle 99 % of the training rows; over all groups of constants that the data has. */
  readonly fitted: readonly [low: number, high: number];
  /** Smallest and largest value in the data. */
  readonly now: readonly [least: number, most: number];
}

/** 1 for each batch that has a feature outside of its range; what has no range is not looked at, nor what is not known. */
export function isOutside(batches: Batches, ranges: readonly FittedRange[]): Uint8Array {
  const known = ranges.filter(({ feature }) => batches[feature] !== undefined);
  const [first = []] = Object.values(batches);
  return Uint8Array.from(first, (_, row) => (known.some((range) => lies(range, batches, row)) ? 1 : 0));
}

/** Over experiments, each with the ranges of its group. */
export function outsideFeatures(
  experiments: readonly { readonly batches: Batches; readonly ranges: readonly FittedRange[] }[],
): readonly OutsideFeature[] {
  const names = [...new Set(experiments.flatMap(({ ranges }) => ranges.map(({ feature }) => feature)))];
  return names
    .flatMap((feature): OutsideFeature[] => {
      const own = experiments.flatMap(({ batches, ranges }) => {
        const range = ranges.find((each) => each.feature === feature);
        return range === undefined || batches[feature] === undefined ? [] : [{ range, batches }];
      });
      const total = own.reduce((sum, { batches }) => sum + batches[feature]!.length, 0);
      const out = own.reduce(
        (sum, { range, batches }) => sum + batches[feature]!.filter((_, row) => lies(range, batches, row)).length,
        0,
      );
      if (out === 0) return [];
      const values = own.map(({ batches }) => batches[feature]!.filter(Number.isFinite));
      return [
        {
          feature,
          percent: (100 * out) / total,
          fitted: [Math.min(...own.map(({ range }) => range.low)), Math.max(...own.map(({ range }) => range.high))],
          now: [
            values.reduce((least, column) => column.reduce((a, b) => Math.min(a, b), least), Number.POSITIVE_INFINITY),
            values.reduce((most, column) => column.reduce((a, b) => Math.max(a, b), most), Number.NEGATIVE_INFINITY),
          ],
        },
      ];
    })
    .toSorted((a, b) => b.percent - a.percent);
}

function lies(range: FittedRange, batches: Batches, row: number): boolean {
  const value = batches[range.feature]![row]!;
  return !Number.isNaN(value) && !isInRange(range, value);
}
