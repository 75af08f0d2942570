import type { BlockErrors } from '../evaluate/index.ts';
import { bootstrap, createRandom, median } from '../numeric/index.ts';
import { IRRELEVANT, TIE_LEVEL } from './choice-rule.ts';

/** Interval of a difference of two errors, percentage points. */
export interface DifferenceInterval {
  readonly low: number;
  readonly high: number;
}

/**
 * Differences further than so many standard deviations from the median of an experiment's blocks count as that far: one stall, or
 * one wild reading, decides nothing. Of what scatters normally, a block in some hundreds is moved by it.
 */
const FARTHEST = 3;
const TO_STANDARD_DEVIATION = 1.4826;

/** A program compared with one of a lower error. */
interface Comparison {
  readonly difference: DifferenceInterval;
  /** Whether that may be chance, or is too little to be of use. */
  readonly isTie: boolean;
}

/**
 * How far the error of one program is above that of another, as an interval over resamples of blocks of time. A resample draws
 * blocks of each experiment, the same ones for both programs, so that what made a block hard cancels. Its difference is the mean
 * over experiments, by their weights, of the mean over blocks.
 *
 * Sources: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13 (percentiles); Künsch, "The jackknife and the
 * bootstrap for general stationary observations", 1989 (blocks); Huber, "Robust statistics", 1981, section 1.7 (pulled in).
 *
 * @returns undefined where the blocks of the two are not the same, or there are none
 */
export function compare(
  program: readonly BlockErrors[] | undefined,
  lowest: readonly BlockErrors[] | undefined,
): Comparison | undefined {
  const strata = strataOf(program ?? [], lowest ?? []);
  if (strata === undefined || strata.length === 0) return undefined;
  const total = strata.reduce((sum, { weight }) => sum + weight, 0);
  const { low, high } = bootstrap(
    strata.map(({ differences }) => differences.length),
    (drawn) =>
      strata.reduce((sum, { weight, differences }, at) => sum + weight * meanOf(differences, drawn[at]!), 0) / total,
    { random: createRandom('ties'), level: TIE_LEVEL },
  );
  if (low === null || high === null) return undefined;
  const error = strata.reduce((sum, { weight, level }) => sum + weight * level, 0) / total;
  return { difference: { low, high }, isTie: low <= 0 || high <= IRRELEVANT * error };
}

interface Stratum {
  readonly weight: number;
  readonly differences: Float64Array;
  /** What is usual of the lower error. */
  readonly level: number;
}

/** The blocks of each experiment that has some; undefined where those of the two are not the same. */
function strataOf(program: readonly BlockErrors[], lowest: readonly BlockErrors[]): readonly Stratum[] | undefined {
  if (program.length !== lowest.length) return undefined;
  const pairs = program.map((own, at) => ({ own, other: lowest[at]! }));
  if (pairs.some(({ own, other }) => own.errors.length !== other.errors.length)) return undefined;
  return pairs.flatMap(({ own: { weight, errors }, other }) =>
    errors.length === 0
      ? []
      : [
          {
            weight,
            differences: pulledIn(Float64Array.from(errors, (error, block) => error - other.errors[block]!)),
            level: median(other.errors),
          },
        ],
  );
}

function meanOf(values: Float64Array, drawn: Int32Array): number {
  let sum = 0;
  for (const at of drawn) sum += values[at]!;
  return sum / drawn.length;
}

function pulledIn(differences: Float64Array): Float64Array {
  const middle = median(differences);
  const most = FARTHEST * TO_STANDARD_DEVIATION * median(differences.map((value) => Math.abs(value - middle)));
  return differences.map((value) => Math.min(middle + most, Math.max(middle - most, value)));
}
