import type { RowRange } from '../data/index.ts';
import type { GroupLayout } from './layout.ts';
import type { Model } from './model.ts';

/** Relative slack of the comparison in INV-M-5: less is rounding. */
const MONOTONE_SLACK = 1e-9;

/** How many values of the rows are not positive finite numbers. */
export function countNonPositive(p: ArrayLike<number>, [start, end]: RowRange): number {
  let count = 0;
  for (let row = start; row < end; row++) {
    const value = p[row] as number;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) count++;
  }
  return count;
}

/** INV-M-2: a kernel compiled anew gives the same bits. */
export function isDeterministic(model: Model, constants: Float64Array, rows: RowRange): boolean {
  const first = model.predict(constants, rows).slice(...rows);
  const second = model.predictAfresh(constants, rows).subarray(...rows);
  return first.every((value, i) => Object.is(value, second[i]));
}

/** INV-M-5: pairs of rows on which the larger batch was given the smaller time, and the number of pairs. */
export function countMonotonicityViolations(
  model: Model,
  constants: Float64Array,
  { base, raised }: GroupLayout,
): { violations: number; pairs: number } {
  const before = model.predict(constants, base).slice(...base);
  const after = model.predict(constants, raised).subarray(...raised);
  let violations = 0;
  for (const [i, value] of before.entries()) {
    if (!((after[i] as number) >= value * (1 - MONOTONE_SLACK))) violations++;
  }
  return { violations, pairs: before.length };
}

/** A checksum of all bits of the feature columns, for INV-M-3; two multiplicative hashes of 32 bits. */
export function checksum(buffer: SharedArrayBuffer): string {
  const words = new Int32Array(buffer);
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (const word of words) {
    a = Math.imul(a ^ word, 0x01000193);
    b = Math.imul(b, 0x5bd1e995) + word + (b >>> 15);
  }
  return `${(a >>> 0).toString(16)}-${(b >>> 0).toString(16)}`;
}
