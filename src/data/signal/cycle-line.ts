import { median, quantile, solveSymmetric } from '../../numeric/index.ts';

/** Sizes of batches and what they took, one entry a cycle. */
export interface SizedCycles {
  readonly decodeTokens: Float64Array;
  readonly prefillTokens: Float64Array;
  readonly cycleUs: Float64Array;
}

/** What a batch of a size takes by a line in decode and prefill tokens; slopes are not negative. */
export interface CycleLine {
  readonly at: (decodeTokens: number, prefillTokens: number) => number;
  /** Median of |cycle / line − 1| over the cycles that it was fitted to. */
  readonly spread: number;
}

/** Fewer cycles say nothing of what is usual. */
const LEAST_CYCLES = 12;
/** More cycles make the line no better. */
const MOST_CYCLES = 20_000;
const ITERATIONS = 30;
/** Relative residuals below this weigh as much as at it. */
const FLOOR = 1e-3;
/** Errors of cycles below this share of the lower quartile are relative to it: a broken reading near 0 would outweigh all others. */
const LEAST_SHARE = 0.25;

/**
 * The line that minimises Σ |cycle − line| / cycle. A cycle that is far too long moves it as little as one that is a bit too long:
 * idle waits and stalls do not show in it, as long as they are the minority. Nor do cycles that are far too short.
 *
 * @param rows entries to fit.
 * @returns undefined where there are too few.
 */
export function cycleLine(cycles: SizedCycles, rows: Int32Array): CycleLine | undefined {
  const usable = rows.filter((row) => cycles.cycleUs[row]! > 0);
  if (usable.length < LEAST_CYCLES) return undefined;
  const fitted = thinned(usable, MOST_CYCLES);
  let terms = [true, true];
  for (;;) {
    const [base, decode, prefill] = leastDeviation(cycles, fitted, terms);
    const isLine = decode! >= 0 && prefill! >= 0;
    if (!isLine) {
      terms = [decode! >= prefill! && terms[0]!, decode! < prefill! && terms[1]!];
      continue;
    }
    const at = (decodeTokens: number, prefillTokens: number): number =>
      base! + decode! * decodeTokens + prefill! * prefillTokens;
    const ratios = Float64Array.from(fitted, (row) =>
      Math.abs(cycles.cycleUs[row]! / at(cycles.decodeTokens[row]!, cycles.prefillTokens[row]!) - 1),
    );
    return { at, spread: median(ratios) };
  }
}

/** Iteratively reweighted least squares of [1, decode, prefill]; a term that is left out has coefficient 0. */
function leastDeviation(cycles: SizedCycles, rows: Int32Array, terms: readonly boolean[]): Float64Array {
  const { decodeTokens, prefillTokens, cycleUs } = cycles;
  const leastUs =
    LEAST_SHARE *
    quantile(
      Float64Array.from(rows, (row) => cycleUs[row]!),
      0.25,
    );
  const sizes = Float64Array.from(rows, (row) => Math.max(cycleUs[row]!, leastUs));
  const weights = sizes.map((us) => us ** -2);
  let coefficients = new Float64Array(3);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const a = new Float64Array(9);
    const b = new Float64Array(3);
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      const x = [1, terms[0]! ? decodeTokens[row]! : 0, terms[1]! ? prefillTokens[row]! : 0];
      for (let i = 0; i < 3; i++) {
        b[i]! += weights[at]! * x[i]! * cycleUs[row]!;
        for (let j = 0; j < 3; j++) a[3 * i + j]! += weights[at]! * x[i]! * x[j]!;
      }
    }
    // A column without values, or one that another explains, must not make the sums singular.
    for (let i = 0; i < 3; i++) a[4 * i] = a[4 * i]! * (1 + 1e-9) || 1;
    coefficients = solveSymmetric(a, b, 3).x as Float64Array<ArrayBuffer>;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      const line =
        coefficients[0]! +
        (terms[0]! ? coefficients[1]! * decodeTokens[row]! : 0) +
        (terms[1]! ? coefficients[2]! * prefillTokens[row]! : 0);
      const relative = Math.abs(cycleUs[row]! - line) / sizes[at]!;
      weights[at] = sizes[at]! ** -2 / Math.max(relative, FLOOR);
    }
  }
  return Float64Array.of(coefficients[0]!, terms[0]! ? coefficients[1]! : 0, terms[1]! ? coefficients[2]! : 0);
}

/** Evenly fewer where there are more than anyone needs. */
function thinned(rows: Int32Array, most: number): Int32Array {
  const every = Math.ceil(rows.length / most);
  return every > 1 ? rows.filter((_, at) => at % every === 0) : rows;
}

const NEIGHBOURS = 9;
/** Cycles among which neighbours are looked for. */
const MOST_CANDIDATES = 5000;

/** Tells what batches of like size took. */
export interface Neighbours {
  /** Median of what the batches took that are nearest in size to that of an entry, itself left out; NaN where there are none. */
  readonly usualUs: (row: number) => number;
}

/** @param rows entries among which neighbours are looked for. */
export function neighbours({ decodeTokens, prefillTokens, cycleUs }: SizedCycles, rows: Int32Array): Neighbours {
  const candidates = thinned(rows, MOST_CANDIDATES);
  const decode = Float64Array.from(candidates, (row) => Math.log1p(decodeTokens[row]!));
  const prefill = Float64Array.from(candidates, (row) => Math.log1p(prefillTokens[row]!));
  return {
    usualUs: (row) => {
      const [ownDecode, ownPrefill] = [Math.log1p(decodeTokens[row]!), Math.log1p(prefillTokens[row]!)];
      const nearest: { readonly us: number; readonly apart: number }[] = [];
      let farthest = Number.POSITIVE_INFINITY;
      for (let at = 0; at < candidates.length; at++) {
        const apart = Math.abs(decode[at]! - ownDecode) + Math.abs(prefill[at]! - ownPrefill);
        if (!(apart < farthest) || candidates[at] === row) continue;
        nearest.push({ us: cycleUs[candidates[at]!]!, apart });
        nearest.sort((a, b) => a.apart - b.apart);
        nearest.length = Math.min(nearest.length, NEIGHBOURS);
        if (nearest.length === NEIGHBOURS) farthest = nearest.at(-1)!.apart;
      }
      return median(nearest.map(({ us }) => us));
    },
  };
}
