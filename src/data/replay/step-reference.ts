import { solveSymmetric, smoothAbsolute } from '../../numeric/index.ts';
import { batchSums, type StepTime } from '../../serving/index.ts';
import type { Experiment } from '../dataset.ts';
import { splitRanges } from '../split.ts';
import { targetRows } from '../target.ts';

/** A step takes this at least, µs, whatever a line says of batches that were not recorded. */
const LEAST_US = 1;
/** Fewer cycles say nothing of what is usual. */
const LEAST_CYCLES = 12;
const ITERATIONS = 20;
/** Of relative residuals: wild cycles count by their number, not by their size. */
const ROBUST = smoothAbsolute(0.02);

/** Terms of the line: fixed, prefill tokens, decode tokens, prefilling at all, tokens in KV blocks. */
type Terms = readonly [number, number, number, number, number];

/**
 * The step time that the training cycles of step records give: a robust line in tokens, context and whether there is a prefill, with no
 * slope below 0. It is no model of the engine to be kept: it finds the batches.
 *
 * @returns undefined where there are too few cycles.
 */
export function stepTimeOfRecords(experiment: Experiment): StepTime | undefined {
  const { steps, blockSize } = experiment;
  if (steps === undefined) return undefined;
  const { index, y } = targetRows(experiment, 'cycle');
  const [, end] = splitRanges(steps.stepId.length).train;
  const at = Int32Array.from(index.keys()).filter((k) => index[k]! < end && y[k]! > 0);
  if (at.length < LEAST_CYCLES) return undefined;
  const hasBlocks = at.every((k) => Number.isFinite(steps.kvBlocksTotal[index[k]!]! - steps.kvBlocksFree[index[k]!]!));
  const terms = Array.from(at, (k): Terms => {
    const row = index[k]!;
    const prefill = steps.prefillTokens[row]!;
    const used = hasBlocks ? steps.kvBlocksTotal[row]! - steps.kvBlocksFree[row]! : 0;
    return [1, prefill, steps.decodeTokens[row]!, Math.sign(prefill), used * blockSize];
  });
  const coefficients = nonNegativeLine(
    terms,
    Float64Array.from(at, (k) => y[k]!),
  );
  return (batch) => {
    const { decodeTokens, prefillTokens } = batchSums(batch);
    const context = batch.usedBlocks * blockSize;
    return Math.max(LEAST_US, dot(coefficients, [1, prefillTokens, decodeTokens, Math.sign(prefillTokens), context]));
  };
}

/** Least robust relative residuals; terms that would get a negative coefficient are left out, the most negative first. */
function nonNegativeLine(terms: readonly Terms[], y: Float64Array): Float64Array {
  let kept = [0, 1, 2, 3, 4];
  for (;;) {
    const coefficients = line(terms, y, kept);
    const worst = kept.reduce((a, b) => (coefficients[b]! < coefficients[a]! ? b : a));
    if (coefficients[worst]! >= 0 || kept.length === 1) return coefficients;
    kept = kept.filter((term) => term !== worst);
  }
}

/** Iteratively reweighted least squares of the kept terms; the others have coefficient 0. */
function line(terms: readonly Terms[], y: Float64Array, kept: readonly number[]): Float64Array {
  const n = kept.length;
  let coefficients = new Float64Array(5);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const a = new Float64Array(n * n);
    const b = new Float64Array(n);
    for (const [k, row] of terms.entries()) {
      const residual = iteration === 0 ? 0 : dot(coefficients, row) / y[k]! - 1;
      const weight = ROBUST.weight(residual) / y[k]! ** 2;
      for (const [i, term] of kept.entries()) {
        b[i]! += weight * row[term]! * y[k]!;
        for (const [j, other] of kept.entries()) a[i * n + j]! += weight * row[term]! * row[other]!;
      }
    }
    const { x } = solveSymmetric(a, b, n);
    coefficients = new Float64Array(5);
    for (const [i, term] of kept.entries()) coefficients[term] = x[i]!;
  }
  return coefficients;
}

function dot(coefficients: Float64Array, row: Terms): number {
  return row.reduce((sum, value, i) => sum + value * coefficients[i]!, 0);
}
