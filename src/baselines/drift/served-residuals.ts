import { type Dataset, type Experiment, SPLITS, type SplitName } from '../../data/index.ts';
import { type GroupFit, judgeLoad, type Scope, serveLoad } from '../../evaluate/index.ts';
import { mean, type RowRange } from '../../numeric/index.ts';
import type { Program } from '../../program/index.ts';
import { wasSaturated } from '../closed-loop/saturated.ts';
import { OVERHEADS_OF, timingOf } from '../closed-loop/serve-experiments.ts';
import { fittedProgram } from '../fitted-program.ts';

/** E2E latencies in closed loop against the measured ones: of requests, ascending in time, or of a report as one. */
export interface ServedResiduals {
  readonly basis: 'requests' | 'report';
  /** Predicted minus measured, percent of the mean that was measured. */
  readonly residuals: Float64Array;
}

interface Fitted {
  readonly program: Program;
  readonly fit: GroupFit;
  readonly scope: Scope;
}

/**
 * Serves the requests of an experiment with the step times of a program, and compares the E2E latencies with the measured ones.
 * Where single requests were not logged, the mean of the report stands for all of them.
 *
 * @returns in words why there is nothing to compare.
 */
export function servedResiduals(
  dataset: Dataset,
  experiment: Experiment,
  { program, fit, scope }: Fitted,
  splits: readonly SplitName[],
): ServedResiduals | string {
  if (wasSaturated(experiment)) return 'the server was not up to its load, and latencies were those of its queue';
  const timing = timingOf(dataset, experiment, fittedProgram(program, [fit], scope));
  if (timing === undefined) return 'the program has no constants for it';
  const overheads = timing.overheads ?? OVERHEADS_OF.program(experiment)!;
  try {
    const served = serveLoad(dataset, experiment, timing);
    if (served === undefined) return 'no requests were logged';
    const { load } = served;
    if (load.measured === undefined) {
      const error = judgeLoad(served, overheads, 'valid')?.error?.e2e;
      return error ? { basis: 'report', residuals: Float64Array.of(error.mean) } : 'its clients did not report E2E';
    }
    const { arrivalUs, outputTokens } = load.requests;
    const { lastTokenUs } = served.served.requests;
    const rows = rangeOf(load.splits, splits)
      .map((request) => ({
        simulated:
          lastTokenUs[request]! +
          overheads.requestUs +
          outputTokens[request]! * overheads.tokenUs -
          arrivalUs[request]!,
        measured: load.measured!.lastTokenUs[request]! - arrivalUs[request]!,
      }))
      .filter(({ simulated, measured }) => Number.isFinite(simulated) && Number.isFinite(measured));
    if (rows.length === 0) return 'no request of these has a measured end';
    const meanUs = mean(rows.map(({ measured }) => measured));
    const percent = rows.map(({ simulated, measured }) => (100 * (simulated - measured)) / meanUs);
    return { basis: 'requests', residuals: Float64Array.from(percent) };
  } catch (error) {
    // A program may have no number for batches far from those that it was fitted on.
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function rangeOf(ranges: { readonly [S in SplitName]: RowRange }, splits: readonly SplitName[]): readonly number[] {
  return SPLITS.filter((split) => splits.includes(split)).flatMap((split) => {
    const [start, end] = ranges[split];
    return Array.from({ length: end - start }, (_, at) => start + at);
  });
}
