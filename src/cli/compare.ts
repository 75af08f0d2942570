import { compareRuns } from '../app/index.ts';
import { comparisonText } from './compare-text.ts';
import { runOf } from './find-run.ts';
import { print, printJson } from './output.ts';
import { UsageError } from './usage-error.ts';

/** `evolve compare RUN…`: how runs of several seeds or operators agree. Test rows take no part. */
export async function compareCommand(names: readonly string[], options: { readonly json: boolean }): Promise<void> {
  if (names.length < 2) {
    throw new UsageError('compare needs at least two runs', 'Name them: evolve compare runs/a runs/b.');
  }
  const comparison = await compareRuns(names.map(runOf));
  if (options.json) printJson(comparison);
  else print(comparisonText(comparison));
}
