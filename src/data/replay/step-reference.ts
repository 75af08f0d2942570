import { mean, median } from '../../numeric/index.ts';
import { batchSums, type EngineSettings, type StepTime } from '../../serving/index.ts';
import type { ClientLoad } from '../clients/client-load.ts';
import type { Experiment } from '../dataset.ts';
import { cycleLine } from '../signal/cycle-line.ts';
import { splitRanges } from '../split.ts';
import { targetRows } from '../target.ts';
import type { Reference } from './reference.ts';
import { serveWindows } from './serve-windows.ts';
import type { ReplayWindow } from './windows.ts';

/** A step takes this at least, µs, whatever a line says of batches that were not recorded. */
const LEAST_US = 1;

/**
 * The reference that step records give: a robust line in decode and prefill tokens through the training cycles, and what first
 * tokens of training requests came later than by it.
 *
 * @returns undefined where there are too few cycles.
 */
export function referenceOfSteps(
  experiment: Experiment,
  load: ClientLoad,
  windows: readonly ReplayWindow[],
  settings: EngineSettings,
): Reference | undefined {
  const { steps } = experiment;
  if (steps === undefined) return undefined;
  const { index, y } = targetRows(experiment, 'cycle');
  const [, end] = splitRanges(steps.stepId.length).train;
  const sized = {
    decodeTokens: Float64Array.from(index, (row) => steps.decodeTokens[row]!),
    prefillTokens: Float64Array.from(index, (row) => steps.prefillTokens[row]!),
    cycleUs: y,
  };
  const line = cycleLine(sized, Int32Array.from(index.keys()).filter((at) => index[at]! < end));
  if (line === undefined) return undefined;
  const stepTime: StepTime = (batch) => {
    const { decodeTokens, prefillTokens } = batchSums(batch);
    return Math.max(LEAST_US, line.at(decodeTokens, prefillTokens));
  };
  return { stepTime, overheadUs: overheadUs(load, windows, settings, stepTime) };
}

/** Of a log the median over training requests; of reports the least of the stages, as requests may have queued in the others. */
function overheadUs(
  { requests, measured, splits }: ClientLoad,
  windows: readonly ReplayWindow[],
  settings: EngineSettings,
  stepTime: StepTime,
): number {
  const known = windows.filter(({ observed }) => observed[0] < splits.train[1]);
  const late = serveWindows(requests, known, settings, stepTime).map(({ firstTokenUs, arrivalUs }, w) => {
    const { served, observed, report } = known[w]!;
    const end = Math.min(observed[1], splits.train[1]);
    const rows = Array.from({ length: end - observed[0] }, (_, k) => observed[0] + k);
    const at = (r: number): number => r - served[0];
    if (report === undefined) return rows.map((r) => measured!.firstTokenUs[r]! - firstTokenUs[at(r)]!);
    return [1000 * report.ttftMs.mean - mean(rows.map((r) => firstTokenUs[at(r)]! - arrivalUs[at(r)]!))];
  });
  const values = late.flat().filter(Number.isFinite);
  if (values.length === 0) return 0;
  return Math.max(0, measured === undefined ? Math.min(...values) : median(values));
}
