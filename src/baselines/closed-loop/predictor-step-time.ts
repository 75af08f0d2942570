import { STEP_COLUMNS, type StepColumn } from '../../physics/index.ts';
import { type Batch, batchSums, LEAST_STEP_US, type StepTime } from '../../serving/index.ts';
import type { FittedPredictor, ServedExperiment } from '../predictor.ts';
import type { StepRows } from '../rows.ts';

/** A batch that every engine makes: what a predictor says of it tells whether it predicts the experiment at all. */
const ONE_DECODE: Batch = {
  count: 1,
  request: Int32Array.of(0),
  computedTokens: Float64Array.of(16),
  newTokens: Float64Array.of(1),
  promptTokens: Float64Array.of(16),
  outputTokens: Float64Array.of(1),
  usedBlocks: 2,
};

/**
 * The step time that any predictor of step records says of a batch: the record that a server would have logged of it, as one row.
 *
 * What a batch does not tell is approximated: the running queue is the batch, so that requests which run and get no token are not
 * in it; nobody waits, was preempted or finishes; the context is that of all KV blocks in use. Times of the clock are not known.
 * Contexts of single requests are not given: a predictor that reads them has a `timing` of its own.
 *
 * @param kvBlocks of one rank.
 * @returns undefined where the predictor was not fitted for such an experiment.
 */
export function predictorStepTime(
  fitted: FittedPredictor,
  { experiment, modelKey, context }: ServedExperiment,
  kvBlocks: number,
): StepTime | undefined {
  // One row that is filled anew for each batch, as a closed loop has many thousands.
  const columns = Object.fromEntries(Object.keys(STEP_COLUMNS).map((name) => [name, new Float64Array(1)])) as Record<
    StepColumn,
    Float64Array
  >;
  for (const name of ['startNs', 'endNs', 'durationUs'] as const) columns[name][0] = Number.NaN;
  const rows: StepRows = { experiment, modelKey, context, steps: columns };
  const predictOne = (batch: Batch): number | undefined => {
    fill(columns, batch, kvBlocks);
    return fitted.predict(rows)?.[0];
  };
  if (predictOne(ONE_DECODE) === undefined) return undefined;
  return (batch) => Math.max(LEAST_STEP_US, predictOne(batch) ?? Number.NaN);
}

function fill(columns: Record<StepColumn, Float64Array>, batch: Batch, kvBlocks: number): void {
  const { prefillRequests, prefillTokens, decodeRequests, decodeTokens } = batchSums(batch);
  columns.stepId[0]!++;
  columns.runningDepth[0] = batch.count;
  columns.prefillRequests[0] = prefillRequests;
  columns.decodeRequests[0] = decodeRequests;
  columns.scheduledTokens[0] = prefillTokens + decodeTokens;
  columns.prefillTokens[0] = prefillTokens;
  columns.decodeTokens[0] = decodeTokens;
  columns.kvUsageRatio[0] = batch.usedBlocks / kvBlocks;
  columns.kvBlocksTotal[0] = kvBlocks;
  columns.kvBlocksFree[0] = kvBlocks - batch.usedBlocks;
}
