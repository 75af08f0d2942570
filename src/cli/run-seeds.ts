import { compareRuns } from '../baselines/index.ts';
import { readState, type Run } from '../run/index.ts';
import { comparisonText } from './compare-text.ts';
import { note, print, printJson } from './output.ts';

/**
 * Independent runs of several seeds one after another, then their comparison. A run that the user stops is the last one.
 *
 * @param perform makes the run of a seed and works on it until it is done or stopped.
 */
export async function runSeeds(
  seeds: readonly number[],
  json: boolean,
  perform: (seed: number) => Promise<Run>,
): Promise<void> {
  const runs: Run[] = [];
  for (const seed of seeds) {
    note(`\nseed ${seed}, run ${runs.length + 1} of ${seeds.length}`);
    const run = await perform(seed);
    runs.push(run);
    if (readState(run).state.stopped === null) {
      note(`stopped at seed ${seed}; the other seeds were not begun`);
      break;
    }
  }
  const comparison = compareRuns(runs);
  if (json) printJson(comparison);
  else print(comparisonText(comparison));
}
