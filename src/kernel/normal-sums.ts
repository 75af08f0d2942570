import type { MemoryMap } from './memory-map.ts';
import type { FoldColumns, LossShape } from './types.ts';

/** What a pass over a fold gives: the loss and, for the kernel's derivatives, its gradient and Gauss–Newton curvature. */
export interface NormalSums {
  readonly cost: number;
  /** n × n, symmetric, row by row. */
  readonly jtj: Float64Array;
  readonly jtr: Float64Array;
}

/** Of constants that kernels do not take. */
export function hopelessSums(n: number): NormalSums {
  return { cost: Number.POSITIVE_INFINITY, jtj: new Float64Array(n * n), jtr: new Float64Array(n) };
}

/** What a pass has left in a lane of the memory, with the penalty on the bias of the time blocks. */
export function readSums(
  memory: Float64Array,
  map: MemoryMap,
  lane: number,
  n: number,
  data: FoldColumns,
  shape: LossShape,
): NormalSums {
  let at = (map.sums + lane * map.sumsStride) / 8;
  const next = (): number => (memory[at++] as number) + (memory[at++] as number);
  const jtj = new Float64Array(n * n);
  const jtr = new Float64Array(n);
  let cost = next();
  for (let j = 0; j < n; j++) for (let k = 0; k <= j; k++) jtj[j * n + k] = next();
  for (let j = 0; j < n; j++) jtr[j] = next();
  if (shape.biasWeight > 0) {
    let from = (map.blockSums + lane * map.blockSumsStride) / 8;
    for (const { share } of data.blocks) {
      const bias = (memory[from] as number) - 1;
      const weight = shape.biasWeight * share;
      cost += 0.5 * weight * bias ** 2;
      for (let j = 0; j < n; j++) {
        const slope = weight * (memory[from + 1 + j] as number);
        jtr[j] = (jtr[j] as number) + slope * bias;
        for (let k = 0; k <= j; k++) {
          jtj[j * n + k] = (jtj[j * n + k] as number) + slope * (memory[from + 1 + k] as number);
        }
      }
      from += n + 1;
    }
  }
  for (let j = 0; j < n; j++) for (let k = 0; k < j; k++) jtj[k * n + j] = jtj[j * n + k] as number;
  return { cost, jtj, jtr };
}

/** Whether the derivatives' sums are numbers; the loss decides about its own. */
export function hasSlopes({ jtj, jtr }: NormalSums): boolean {
  let zero = 0;
  for (const value of jtj) zero += value - value;
  for (const value of jtr) zero += value - value;
  return zero === 0;
}
