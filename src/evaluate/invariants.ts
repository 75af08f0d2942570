import type { RowRange } from '../data/index.ts';
import type { GroupLayout, Layout } from './layout.ts';
import type { Model } from './model.ts';
import type { Sandbox } from './sandbox.ts';

/** Relative slack of the comparison in INV-M-5: less is rounding. */
const MONOTONE_SLACK = 1e-9;

/** How many values of the rows are not positive finite numbers. */
export function countNonPositive(p: ArrayLike<number>, [start, end]: RowRange): number {
  let count = 0;
  for (let row = start; row < end; row++) {
    if (!isPositive(p[row] as number)) count++;
  }
  return count;
}

/** Whether a prediction can be a time. */
export function isPositive(value: number): boolean {
  return value > 0 && value < Number.POSITIVE_INFINITY;
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

/** INV-M-3: the columns that kernels read still have the bits of the table's. */
export function isPure(sandbox: Sandbox, layout: Layout): boolean {
  return layout.features.every(({ name }, k) =>
    bytesOf(sandbox.column(name)).equals(bytesOf(layout.columns[k] as Float64Array)),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
