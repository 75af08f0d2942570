import { InvalidArgumentError } from 'commander';

/** More runs than this in one command are a slip of the finger. */
const MAX_SEEDS = 1000;

/** Parser for seeds: `1..5`, `1,4,9`, or both mixed. */
export function seedRange(text: string): readonly number[] {
  const seeds = text.split(',').flatMap((part) => {
    const match = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part);
    if (match === null) throw new InvalidArgumentError('Give seeds such as 1..5 or 1,4,9.');
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first || last - first >= MAX_SEEDS || !Number.isSafeInteger(last)) {
      throw new InvalidArgumentError(`Give an ascending range of at most ${MAX_SEEDS} seeds, such as 1..5.`);
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
  return [...new Set(seeds)];
}
