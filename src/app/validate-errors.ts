import {
  absoluteErrors,
  fittedProgram,
  type LabelledRows,
  meanIntervals,
  overExperiments,
} from '../baselines/index.ts';
import {
  type Accepted,
  type ExperimentMetrics,
  firstEntries,
  objectiveError,
  type GroupFit,
  type ObjectiveName,
  type Scope,
} from '../evaluate/index.ts';
import { createRandom, mean, median } from '../numeric/index.ts';
import type { Program } from '../program/index.ts';
import type { BySplit, TestErrors, ValidateDocument } from './documents.ts';

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

/** Errors of a program on its training and validation rows beside those on the test rows. */
export function gapOf(
  { error, validationError, metrics }: Accepted,
  test: readonly ExperimentMetrics[],
  weightOf: (metrics: ExperimentMetrics) => number,
  objective: ObjectiveName,
): ValidateDocument['gap'] {
  const average = (figure: 'mape' | 'e2eError'): BySplit => ({
    train: mean(firstEntries(metrics.train).map((each) => each[figure])),
    valid: mean(firstEntries(metrics.valid).map((each) => each[figure])),
    test: mean(firstEntries(test).map((each) => each[figure])),
  });
  const weighted = test.map((own) => ({ metrics: own, weight: weightOf(own) }));
  return {
    mape: average('mape'),
    e2eError: average('e2eError'),
    objective: { train: error, valid: validationError, test: objectiveError(objective, weighted) },
  };
}
