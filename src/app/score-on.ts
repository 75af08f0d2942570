import type { RegressionTable, SplitName } from '../data/index.ts';
import { createPool, type EvaluateSettings, type ExperimentMetrics, type GroupFit } from '../evaluate/index.ts';
import type { Program } from '../program/index.ts';

/** Errors of a fitted program on one split of a table. */
export async function scoreOn(
  split: SplitName,
  program: Program,
  fits: readonly GroupFit[],
  table: RegressionTable,
  settings: EvaluateSettings,
): Promise<readonly ExperimentMetrics[]> {
  const evaluator = await createPool(table, { ...settings, jobs: 1 });
  try {
    return await evaluator.score(program, fits, split);
  } finally {
    await evaluator.close();
  }
}
