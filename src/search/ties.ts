import type { BlockErrors } from '../evaluate/index.ts';
import { bootstrap, createRandom, median } from '../numeric/index.ts';
import { TIE_LEVEL } from './choice-rule.ts';

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
export function differenceOf(
  a: readonly BlockErrors[] | undefined,
  b: readonly BlockErrors[] | undefined,
): DifferenceInterval | undefined {
  if (a === undefined || a.length !== b?.length) return undefined;
  const strata = a.flatMap(({ weight, errors }, at) => {
    const others = b[at]!.errors;
    if (others.length !== errors.length) return [];
    return [{ weight, differences: pulledIn(Float64Array.from(errors, (error, block) => error - others[block]!)) }];
  });
  if (strata.length !== a.length) return undefined;
  const filled = strata.filter(({ differences }) => differences.length > 0);
  if (filled.length === 0) return undefined;
  const total = filled.reduce((sum, { weight }) => sum + weight, 0);
  const { low, high } = bootstrap(
    filled.map(({ differences }) => differences.length),
    (drawn) =>
      filled.reduce((sum, { weight, differences }, at) => sum + weight * meanOf(differences, drawn[at]!), 0) / total,
    { random: createRandom('ties'), level: TIE_LEVEL },
  );
  return low === null || high === null ? undefined : { low, high };
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
