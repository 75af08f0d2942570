import { type Experiment, type MeasuredLatency, servedRows, splitRanges } from '../data/index.ts';
import { mean } from '../numeric/index.ts';

/** Means over the training requests of a log, as clients report them of a run; undefined where the times are not known. */
export function loggedLatency({ requests }: Pick<Experiment, 'requests'>): MeasuredLatency | undefined {
  if (requests === undefined) return undefined;
  const { arrivalUs, firstTokenUs, lastTokenUs, promptTokens, outputTokens } = requests;
  const served = servedRows(requests);
  const training = served.slice(...splitRanges(served.length).train);
  const timed = training.filter(
    (row) => firstTokenUs[row]! > arrivalUs[row]! && lastTokenUs[row]! >= firstTokenUs[row]!,
  );
  if (timed.length === 0) return undefined;
  const meanOf = (of: (row: number) => number): number => mean(timed.map(of));
  const decoded = timed.filter((row) => outputTokens[row]! > 1);
  return {
    e2eMs: meanOf((row) => lastTokenUs[row]! - arrivalUs[row]!) / 1000,
    ttftMs: meanOf((row) => firstTokenUs[row]! - arrivalUs[row]!) / 1000,
    itlMs: mean(decoded.map((row) => (lastTokenUs[row]! - firstTokenUs[row]!) / (outputTokens[row]! - 1))) / 1000,
    completed: timed.length,
    failed: training.length - timed.length,
    meanPromptTokens: meanOf((row) => promptTokens[row]!),
    meanOutputTokens: meanOf((row) => outputTokens[row]!),
  };
}
