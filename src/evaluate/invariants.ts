import type { RowRange } from '../numeric/index.ts';
import { evaluateColumns } from '../program/index.ts';
import type { Model, Sandbox } from '../kernel/index.ts';

import type { GroupLayout, Layout } from './layout.ts';

/** Relative slack of the comparison in INV-M-5: less is rounding. */
const MONOTONE_SLACK = 1e-9;
/** Relative deviation of a kernel from the reference that rounding may make. */
const DEVIATION = 1e-6;

/** How many values of the rows are not positive finite numbers. */
export function countNonPositive(p: ArrayLike<number>, [start, end]: RowRange): number {
  let count = 0;
  for (let row = start; row < end; row++) {
    if (!isPositive(p[row] as number)) count++;
  }
  return count;
}

/** How many values of the rows are no finite numbers. */
export function countNonFinite(p: ArrayLike<number>, [start, end]: RowRange): number {
  let count = 0;
  for (let row = start; row < end; row++) if (!Number.isFinite(p[row]!)) count++;
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

/**
 * How many of some rows the language's own semantics predict otherwise than the kernel did. Functions of the kernel may differ
 * from the platform's in the last places, and a difference of large terms makes more of that.
 */
export function countDeviations(
  model: Model,
  constants: Float64Array,
  layout: Layout,
  [start, end]: RowRange,
  p: ArrayLike<number>,
): number {
  const columns = layout.features.map(({ name }, k) => [name, layout.columns[k]?.subarray(start, end)] as const);
  const named = Object.fromEntries(model.names.map((name, i) => [name, constants[i] as number]));
  const features = Object.fromEntries(columns) as Record<string, Float64Array>;
  const [reference = new Float64Array()] = evaluateColumns(model.program.graph, features, named, end - start);
  let count = 0;
  for (const [i, value] of reference.entries()) {
    const predicted = p[start + i] as number;
    if (!(Math.abs(predicted - value) <= DEVIATION * Math.max(Math.abs(predicted), Math.abs(value)))) count++;
  }
  return count;
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
