import type { MemoryMap } from './memory-map.ts';
import type { Block, RowSetColumns, LossForm } from './types.ts';

/** What a pass over a row set gives: the loss and, for the kernel's derivatives, its gradient and Gauss–Newton curvature. */
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
  data: RowSetColumns,
  form: LossForm,
): NormalSums {
  let at = (map.sums + lane * map.sumsStride) / 8;
  const next = (): number => (memory[at++] as number) + (memory[at++] as number);
  const jtj = new Float64Array(n * n);
  const jtr = new Float64Array(n);
  let cost = next();
  for (let j = 0; j < n; j++) for (let k = 0; k <= j; k++) jtj[j * n + k] = next();
  for (let j = 0; j < n; j++) jtr[j] = next();
  if (hasBlocks(data, form)) {
    let from = (map.blockSums + lane * map.blockSumsStride) / 8;
    for (const block of data.blocks) {
      const bias = (memory[from] as number) - 1;
      const weight = weightOf(block, bias, form);
      if (weight === 0) {
        from += n + 1;
        continue;
      }
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

/** Whether a loss asks for the sums over blocks. */
export function hasBlocks({ blocks }: RowSetColumns, { biasWeight, penalty }: LossForm): boolean {
  return biasWeight > 0 ? blocks.length > 0 : penalty && blocks.some(({ bound }) => bound !== undefined);
}

function weightOf({ share, bound }: Block, bias: number, { biasWeight, penalty }: LossForm): number {
  if (bound === undefined) return biasWeight * share;
  const isKept = bound === 'least' ? bias >= 0 : bias <= 0;
  return isKept || !penalty ? 0 : share;
}

/** Whether the derivatives' sums are numbers; the loss decides about its own. */
export function hasSlopes({ jtj, jtr }: NormalSums): boolean {
  let zero = 0;
  for (const value of jtj) zero += value - value;
  for (const value of jtr) zero += value - value;
  return zero === 0;
}
