import type { Random } from './random.ts';
import { quantileOfSorted } from './statistics.ts';

/** An interval of a statistic; both ends are null where no resample has a value. */
export interface BootstrapInterval {
  /** Lower end, in the unit of the statistic. */
  readonly low: number | null;
  /** Upper end. */
  readonly high: number | null;
  /** The share of resamples that it covers, 0–1. */
  readonly level: number;
}

export interface BootstrapOptions {
  readonly random: Random;
  /** Default 1000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
  /** Rows drawn together, as a run of neighbours; 1, the default, for independent rows. */
  readonly blockLength?: number;
}

/**
 * Percentile interval of a statistic over resamples of the rows of several strata; each stratum is resampled apart, with
 * replacement, to its own size. Values of resamples that are NaN are left out.
 *
 * Sources: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13 (percentile interval); Politis and
 * Romano, "A circular block-resampling procedure for stationary data", 1992 (blocks).
 *
 * @param sizes rows in each stratum.
 * @param statistic of the drawn row indices of each stratum; the arrays are overwritten by the next resample.
 */
export function bootstrap(
  sizes: readonly number[],
  statistic: (rows: readonly Int32Array[]) => number,
  options: BootstrapOptions,
): BootstrapInterval {
  const { random, resamples = 1000, level = 0.95, blockLength = 1 } = options;
  const drawn = sizes.map((size) => new Int32Array(size));
  const values = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    for (const rows of drawn) drawRows(rows, blockLength, random);
    values[resample] = statistic(drawn);
  }
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return { low: null, high: null, level };
  return {
    low: quantileOfSorted(sorted, (1 - level) / 2),
    high: quantileOfSorted(sorted, (1 + level) / 2),
    level,
  };
}

function drawRows(rows: Int32Array, blockLength: number, random: Random): void {
  const n = rows.length;
  for (let at = 0; at < n; at += blockLength) {
    const start = random.integer(n);
    for (let k = 0; k < blockLength && at + k < n; k++) rows[at + k] = (start + k) % n;
  }
}
