import { median, solveSymmetric } from '../../numeric/index.ts';

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

/**
 * The line that minimises Σ |cycle − line| / cycle. A cycle that is far too long moves it as little as one that is a bit too long:
 * idle waits and stalls do not show in it, as long as they are the minority.
 *
 * @param rows entries to fit.
 * @returns undefined where there are too few.
 */
export function cycleLine(cycles: SizedCycles, rows: Int32Array): CycleLine | undefined {
  const usable = rows.filter((row) => cycles.cycleUs[row]! > 0);
  if (usable.length < LEAST_CYCLES) return undefined;
  const every = Math.ceil(usable.length / MOST_CYCLES);
  const fitted = usable.filter((_, at) => at % every === 0);
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
  const weights = Float64Array.from(rows, (row) => cycleUs[row]! ** -2);
  let coefficients = new Float64Array(3);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const a = new Float64Array(9);
    const b = new Float64Array(3);
    for (const [at, row] of rows.entries()) {
      const x = [1, terms[0]! ? decodeTokens[row]! : 0, terms[1]! ? prefillTokens[row]! : 0];
      for (let i = 0; i < 3; i++) {
        b[i]! += weights[at]! * x[i]! * cycleUs[row]!;
        for (let j = 0; j < 3; j++) a[3 * i + j]! += weights[at]! * x[i]! * x[j]!;
      }
    }
    // A column without values, or one that another explains, must not make the sums singular.
    for (let i = 0; i < 3; i++) a[4 * i] = a[4 * i]! * (1 + 1e-9) || 1;
    coefficients = solveSymmetric(a, b, 3).x as Float64Array<ArrayBuffer>;
    for (const [at, row] of rows.entries()) {
      const line =
        coefficients[0]! +
        (terms[0]! ? coefficients[1]! * decodeTokens[row]! : 0) +
        (terms[1]! ? coefficients[2]! * prefillTokens[row]! : 0);
      const relative = Math.abs(cycleUs[row]! - line) / cycleUs[row]!;
      weights[at] = cycleUs[row]! ** -2 / Math.max(relative, FLOOR);
    }
  }
  return Float64Array.of(coefficients[0]!, terms[0]! ? coefficients[1]! : 0, terms[1]! ? coefficients[2]! : 0);
}

const NEIGHBOURS = 9;

/** Median of what the batches took that are nearest in size to a batch, itself left out; NaN where there are none. */
export function neighboursUs(cycles: SizedCycles, rows: Int32Array, row: number): number {
  const { decodeTokens, prefillTokens, cycleUs } = cycles;
  const distance = (other: number): number =>
    Math.abs(Math.log1p(decodeTokens[other]!) - Math.log1p(decodeTokens[row]!)) +
    Math.abs(Math.log1p(prefillTokens[other]!) - Math.log1p(prefillTokens[row]!));
  const nearest: { readonly us: number; readonly apart: number }[] = [];
  for (const other of rows) {
    if (other === row) continue;
    const apart = distance(other);
    if (nearest.length === NEIGHBOURS && !(apart < nearest.at(-1)!.apart)) continue;
    nearest.push({ us: cycleUs[other]!, apart });
    nearest.sort((a, b) => a.apart - b.apart);
    nearest.length = Math.min(nearest.length, NEIGHBOURS);
  }
  return median(nearest.map(({ us }) => us));
}
