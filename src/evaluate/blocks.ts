import type { RowRange } from '../numeric/index.ts';
/** Blocks of time in which errors of sums are measured. */
const TIME_BLOCKS = 5;

/** Blocks of time in which programs are compared: more of them tell better what is chance. */
export const COMPARED_BLOCKS = 10;

/** Splits rows into blocks of equal size (by one), in order; fewer where there are fewer rows than blocks. */
export function timeBlocks([start, end]: RowRange, blocks: number = TIME_BLOCKS): readonly RowRange[] {
  const count = Math.min(blocks, end - start);
  const at = (k: number): number => start + Math.floor((k * (end - start)) / count);
  return Array.from({ length: count }, (_, k): RowRange => [at(k), at(k + 1)]);
}
