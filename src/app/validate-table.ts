import { meanIntervals, overExperiments } from '../baselines/index.ts';
import { UserError } from '../base/index.ts';
import { buildTable, type PlainDataset } from '../data/index.ts';
import type { Accepted, GroupFit } from '../evaluate/index.ts';
import { createRandom, mean, median } from '../numeric/index.ts';
import type { Program } from '../program/index.ts';
import { predictTable } from '../report/index.ts';
import type { Run } from '../run/index.ts';
import type { ValidateDocument } from './documents.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { scoreOn } from './score-on.ts';
import { recordOpening } from './test-access.ts';
import { gapOf } from './validate-errors.ts';

/** Seeds the bootstrap, so that intervals are the same each time. */
const SEED = 1;

/** @throws UserError where something is asked for that takes models, workloads or batches apart */
export function refuseStepChecks(
  asked: { readonly nested: unknown; readonly learningCurve: boolean; readonly transfer: boolean },
  source: string,
): void {
  const { nested, learningCurve, transfer } = asked;
  if (nested === undefined && !learningCurve && !transfer) return;
  const what =
    nested !== undefined
      ? 'a nested validation'
      : learningCurve
        ? 'a learning curve'
        : 'what carries over to other systems';
  throw new UserError({
    code: 'app.no-step-checks',
    place: { file: source },
    problem: `${what} is of experiments with servers, and it is a table`,
    mend: 'Leave it out',
  });
}

/** Errors of a program on the test rows of a table, which are opened for it, beside those on the rows that it was found with. */
export async function validateOnTable(
  run: Run,
  dataset: PlainDataset,
  { id, program, fits, evaluation }: ValidatedProgram,
): Promise<ValidateDocument> {
  const { target, scope, objective } = run.config;
  const access = recordOpening({ command: 'validate', program: id }, run, run.config.data.source);
  const table = buildTable(dataset, { target, splits: ['test'] });
  const experiments = await scoreOn('test', program, fits, table, evaluateSettings(run.config, 1));
  const predicted = predictTable(table, program, fits, scope);
  const errors = table.experiments.map(({ id: group, rows: { test }, deviation = 1 }) => ({
    id: group,
    errors: Float64Array.from({ length: test[1] - test[0] }, (_, at) => {
      const row = test[0] + at;
      const observed = table.y[row]!;
      const scale = objective === 'mse' ? deviation : Math.abs(observed);
      return (100 * Math.abs(predicted[row]! - observed)) / scale;
    }),
  }));
  const random = createRandom(SEED).split('validate');
  return {
    program: id,
    split: 'test',
    experiments,
    mean: overExperiments(experiments, mean),
    median: overExperiments(experiments, median),
    intervals: {
      meanMape: meanIntervals(
        errors.map((each) => each.errors),
        random,
      ),
      byExperiment: errors.map((each) => ({ id: each.id, ...meanIntervals([each.errors], random.split(each.id)) })),
    },
    closedLoop: null,
    floor: null,
    curves: [],
    coverage: null,
    gap: gapOf({ ...evaluation.metrics, test: experiments }, () => 1, objective),
    testAccess: access,
  };
}

/** A program with what the run knows of it. */
interface ValidatedProgram {
  readonly id: string;
  readonly program: Program;
  readonly fits: readonly GroupFit[];
  readonly evaluation: Accepted;
}
