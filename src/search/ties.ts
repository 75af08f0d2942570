import { type BlockErrors, joinedError, type ObjectiveName, type WeightedError } from '../evaluate/index.ts';
import { bootstrap, createRandom, mean, median } from '../numeric/index.ts';
import { IRRELEVANT, TIE_LEVEL } from './choice-rule.ts';

/** Interval of a difference of two errors, percentage points. */
export interface DifferenceInterval {
  readonly low: number;
  readonly high: number;
}

/** Of what scatters normally, a block in some hundreds lies further than so many standard deviations from the median. */
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
 * blocks of each experiment, the same ones for both programs, so that what made a block hard cancels. The mean over its blocks is the
 * error of an experiment, and the objective joins those of all experiments for either program: by their mean, or by that of the
 * three worst, which need not be the same for both. Under `e2e` and `replay` blocks are shorter than those that the objective has, so that
 * less cancels within them: of the others there are too few to draw from.
 *
 * Sources: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13 (percentiles); Künsch, "The jackknife and the
 * bootstrap for general stationary observations", 1989 (blocks); Huber, "Robust statistics", 1981, section 1.7 (pulled in).
 *
 * @param objective that the blocks are errors by
 * @returns undefined where the blocks of the two are not the same, or there are none
 */
export function compare(
  program: readonly BlockErrors[] | undefined,
  lowest: readonly BlockErrors[] | undefined,
  objective: ObjectiveName,
): Comparison | undefined {
  const strata = strataOf(program ?? [], lowest ?? []);
  if (strata === undefined || strata.length === 0) return undefined;
  const joined = (errorOf: (stratum: Stratum, at: number) => number): number =>
    joinedError(
      objective,
      strata.map((stratum, at): WeightedError => ({ error: errorOf(stratum, at), weight: stratum.weight })),
    );
  const { low, high } = bootstrap(
    strata.map(({ lower }) => lower.length),
    (drawn) => {
      const error = joined(({ lower }, at) => meanOf(lower, drawn[at]!));
      return joined(({ higher }, at) => meanOf(higher, drawn[at]!)) - error;
    },
    { random: createRandom('ties'), level: TIE_LEVEL },
  );
  if (low === null || high === null) return undefined;
  return { difference: { low, high }, isTie: low <= 0 || high <= IRRELEVANT * joined(({ lower }) => mean(lower)) };
}

/** The errors of both programs in the blocks of an experiment. */
interface Stratum {
  readonly weight: number;
  readonly lower: Float64Array;
  readonly higher: Float64Array;
}

/** The blocks of each experiment that has some; undefined where those of the two are not the same. */
function strataOf(program: readonly BlockErrors[], lowest: readonly BlockErrors[]): readonly Stratum[] | undefined {
  if (program.length !== lowest.length) return undefined;
  const pairs = program.map((own, at) => ({ own, other: lowest[at]! }));
  if (pairs.some(({ own, other }) => own.errors.length !== other.errors.length)) return undefined;
  return pairs.flatMap(({ own: { weight, errors }, other }) => {
    if (errors.length === 0) return [];
    const lower = pulledIn(Float64Array.from(other.errors));
    const differences = pulledIn(Float64Array.from(errors, (error, block) => error - other.errors[block]!));
    return [{ weight, lower, higher: lower.map((error, block) => error + differences[block]!) }];
  });
}

function meanOf(values: Float64Array, drawn: Int32Array): number {
  let sum = 0;
  for (const at of drawn) sum += values[at]!;
  return sum / drawn.length;
}

/**
 * The value that is farthest from the median counts as far as the next, where chance does not have it that far: one stall, or one wild
 * reading, decides nothing. Two are no accident: a program that fails in some blocks of an experiment is worse.
 */
function pulledIn(values: Float64Array): Float64Array {
  const middle = median(values);
  const distances = values.map((value) => Math.abs(value - middle)).sort();
  const most = Math.max(FARTHEST * TO_STANDARD_DEVIATION * median(distances), distances.at(-2) ?? 0);
  return values.map((value) => Math.min(middle + most, Math.max(middle - most, value)));
}
