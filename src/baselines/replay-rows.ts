import { servedRows, splitRanges, type Experiment, type SplitName } from '../data/index.ts';

/** Steps of a replay that are learned from at most: neighbours are nearly copies of each other. */
const MOST_STEPS = 4000;

/**
 * Rows of an experiment's replay in which requests of a split took part, each as often as it stands for steps; of many steps some
 * at equal distances. Of reports of a load all rows are those of training.
 */
export function replayRows({ requests, points, replay }: Experiment, split: SplitName): readonly number[] {
  if (replay === undefined) return [];
  const { counts } = replay;
  const observed = requests !== undefined ? servedRows(requests) : points && Array.from(points.clients.keys());
  const takesPart =
    observed === undefined ? counts.map(() => (split === 'train' ? 1 : 0)) : partOf(replay, observed, split);
  const rows = Array.from(counts.keys()).filter((row) => takesPart[row] === 1);
  const steps = rows.reduce((sum, row) => sum + counts[row]!, 0);
  const distance = Math.max(1, steps / MOST_STEPS);
  const taken: number[] = [];
  let passed = 0;
  for (const row of rows) {
    passed += counts[row]!;
    while ((taken.length + 0.5) * distance < passed) taken.push(row);
  }
  return taken;
}

type Replay = NonNullable<Experiment['replay']>;

/** 1 for each row between the arrival and the last token of a request, or of a point, of the split. */
function partOf(
  { counts, arrivalRow, lastTokenRow }: Replay,
  observed: readonly number[],
  split: SplitName,
): Float64Array {
  const part = new Float64Array(counts.length);
  for (const request of observed.slice(...splitRanges(observed.length)[split])) {
    const [first, last] = [arrivalRow[request]!, lastTokenRow[request]!];
    if (first >= 0 && last >= first) part.fill(1, first, last + 1);
  }
  return part;
}
