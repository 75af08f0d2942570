/** Of which shares of the training rows `quantiles` tell. */
export const QUANTILE_LEVELS: readonly number[] = Object.freeze([
  0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95,
]);

/** What a program may read: all that the language, the evaluator and the search know of a feature. */
export interface FeatureInfo {
  readonly name: string;
  /** Unit as shown to people and models, e.g. `tokens`, `µs`; `1` for a pure number, empty where it is not known. */
  readonly unit: string;
  /** One line: what it means. */
  readonly meaning: string;
  /** Smallest and largest value seen or possible; interval bounds and probe rows start from it. */
  readonly range: readonly [number, number];
  /** Where the training rows lie: their quantiles at `QUANTILE_LEVELS`, ascending. Absent where no rows are known. */
  readonly quantiles?: readonly number[];
  /** Whether it counts something, so that it is a whole number on every batch. */
  readonly isCount?: boolean;
  /** Whether it takes separate values, so that it may jump over any one that it does not take: counts, sizes of models. */
  readonly isDiscrete?: boolean;
}

/** What a reduction may read of each request of a batch. */
export interface RequestTable {
  readonly fields: readonly FeatureInfo[];
  /** Most requests of a batch, seen or possible. */
  readonly most: number;
}

/**
 * What programs predict, where it is no step time but a column of a table: it may have any sign, and nothing that is known of servers
 * holds for it.
 */
export interface TargetInfo {
  readonly name: string;
  /** Empty where it is not known. */
  readonly unit: string;
  /** What the table is of, in the words of whoever made it. */
  readonly description?: string;
}

/**
 * All that a program may read, in the order of a table's columns. Where `requests` stands, the data has the state of each
 * request, and reductions over requests may be read too: they have no column until a program asks for one.
 */
export interface FeatureTable extends ReadonlyArray<FeatureInfo> {
  readonly requests?: RequestTable;
  /** Absent where programs predict step times, µs. */
  readonly target?: TargetInfo;
}

/** Where no rows are known: shares of a feature's range, since loads crowd towards the lower end. */
const SHARES = [0.05, 0.3, 0.65] as const;

/** Values between which the training rows lie, ascending and each once, two at least; by the range where no rows are known. */
export function spreadOf({ quantiles, range: [lo, hi] }: FeatureInfo): readonly number[] {
  const distinct = [...new Set(quantiles ?? SHARES.map((share) => lo + share * (hi - lo)))];
  return distinct.length > 1 ? distinct : [lo, ...distinct];
}
