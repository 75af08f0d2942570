import {
  absoluteErrors,
  fittedProgram,
  type LabelledRows,
  meanIntervals,
  overExperiments,
} from '../baselines/index.ts';
import {
  type ExperimentMetrics,
  firstEntries,
  objectiveError,
  type GroupFit,
  type ObjectiveName,
  type Scope,
} from '../evaluate/index.ts';
import type { SplitName } from '../data/index.ts';
import { createRandom, mean, median } from '../numeric/index.ts';
import type { Program } from '../program/index.ts';
import type { BySplit, TestErrors } from './validation-report.ts';
import type { ValidateDocument } from './documents.ts';

/** Seeds the bootstrap, so that intervals are the same each time. */
const SEED = 1;

/** Averages and bootstrap intervals of the errors on the test rows. */
export function testErrors(
  experiments: readonly ExperimentMetrics[],
  program: Program,
  fits: readonly GroupFit[],
  scope: Scope,
  test: readonly LabelledRows[],
): TestErrors {
  const fitted = fittedProgram(program, fits, scope);
  const random = createRandom(SEED).split('validate');
  const errors = test.flatMap((rows) => {
    const p = fitted.predict(rows);
    return p === undefined ? [] : [{ id: rows.experiment.id, errors: absoluteErrors({ rows, p }) }];
  });
  return {
    experiments,
    mean: overExperiments(firstEntries(experiments), mean),
    median: overExperiments(firstEntries(experiments), median),
    intervals: {
      meanMape: meanIntervals(
        errors.map((each) => each.errors),
        random,
      ),
      byExperiment: errors.map((each) => ({ id: each.id, ...meanIntervals([each.errors], random.split(each.id)) })),
    },
  };
}

/** Metrics by split, of one set of constants. */
export type SplitMetrics = { readonly [S in SplitName]: readonly ExperimentMetrics[] };

/** Errors of a program on its training and validation rows beside those on the test rows. */
export function gapOf(
  metrics: SplitMetrics,
  weightOf: (metrics: ExperimentMetrics) => number,
  objective: ObjectiveName,
): ValidateDocument['gap'] {
  const bySplit = (of: (own: readonly ExperimentMetrics[]) => number): BySplit => ({
    train: of(metrics.train),
    valid: of(metrics.valid),
    test: of(metrics.test),
  });
  return {
    mape: bySplit((own) => mean(firstEntries(own).map(({ mape }) => mape))),
    e2eError: bySplit((own) => mean(firstEntries(own).map(({ e2eError }) => e2eError))),
    objective: bySplit((own) =>
      objectiveError(
        objective,
        own.map((each) => ({ metrics: each, weight: weightOf(each) })),
      ),
    ),
  };
}
