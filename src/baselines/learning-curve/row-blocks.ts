import type { Random } from '../../numeric/index.ts';

/** The smallest share is 4 of them, spread over the time of an experiment. */
const BLOCKS = 64;

/**
 * Draws runs of neighbouring rows until they are a share of all. Of one stream, the rows of a smaller share are among those of a larger
 * one, so that curves differ by what was added.
 *
 * @param rows how many there are.
 * @returns indices, ascending; at least one where there is a row.
 */
export function drawBlocks(rows: number, share: number, random: Random): readonly number[] {
  const blocks = Math.min(BLOCKS, rows);
  const drawn = random.shuffle(Array.from({ length: blocks }, (_, block) => block));
  const bound = (block: number): number => Math.round((block * rows) / blocks);
  return drawn
    .slice(0, Math.max(1, Math.round(share * blocks)))
    .sort((a, b) => a - b)
    .flatMap((block) => Array.from({ length: bound(block + 1) - bound(block) }, (_, at) => bound(block) + at));
}
