import {
  checkInvariants,
  leaveOneModelOut,
  leaveOneWorkloadOut,
  lowToHighLoad,
  openRows,
  trainingData,
} from '../baselines/index.ts';
import { buildTable, type RegressionTable } from '../data/index.ts';
import { createPool, type EvaluateSettings, type ExperimentMetrics, type GroupFit } from '../evaluate/index.ts';
import type { Program } from '../program/index.ts';
import { findProgram, readState } from '../run/index.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { littlesLaw } from './littles-law.ts';
import { note, print, printJson } from './output.ts';
import { recordOpening } from './test-access.ts';
import { gapOf, testErrors, type ValidationReport } from './validate-errors.ts';
import { validationText } from './validate-text.ts';
import { datasetOf, resolveRunAndProgram } from './workspace.ts';

/** `evolve validate [RUN] [PROGRAM]`: opens the test rows, and says in the run's directory that it did. */
export async function validateCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly jobs: number; readonly json: boolean },
): Promise<void> {
  const { run, id } = resolveRunAndProgram(first, second);
  const { program, evaluation, id: programId } = findProgram(run, readState(run).state, id);
  const { fits } = evaluation;
  const { target, scope, objective } = run.config;
  const dataset = await datasetOf(run);
  const access = recordOpening({ command: 'validate', program: programId }, run, run.config.data.source);
  const settings = evaluateSettings(run.config, options.jobs);
  const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
  const testTable = buildTable(dataset, { target, splits: ['test'] });
  const experiments = await scoreOnTest(program, fits, testTable, settings);
  const test = openRows(dataset, target, 'test');
  const input = { program, fits, settings, table, data: trainingData(dataset, target), test };
  const weights = testTable.experiments.map(({ weight }) => weight);
  const latency = target === 'cycle' ? littlesLaw(dataset, program, fits, scope) : [];
  note('holding out models');
  const models = await leaveOneModelOut(input);
  note('holding out workloads');
  const workloads = await leaveOneWorkloadOut(input);
  note('fitting on light load');
  const load = await lowToHighLoad(input);
  const report: ValidationReport = {
    program: programId,
    split: 'test',
    ...testErrors(experiments, program, fits, scope, test),
    gap: gapOf(evaluation, experiments, weights, objective),
    generalisation: { leaveOneModelOut: models, leaveOneWorkloadOut: workloads, lowToHighLoad: load },
    invariants: checkInvariants({
      program,
      fits,
      scope,
      evaluated: evaluation.invariants,
      features: table.features,
      test,
      metrics: experiments,
    }),
    testAccess: access,
    ...(latency.length > 0 && { littlesLaw: latency }),
  };
  if (options.json) return printJson(report);
  print(`Test rows of ${run.directory}, program ${programId}:`);
  print(validationText(report));
  note(`test rows were opened; ${run.directory}/test-access.jsonl records it`);
}

async function scoreOnTest(
  program: Program,
  fits: readonly GroupFit[],
  table: RegressionTable,
  settings: EvaluateSettings,
): Promise<readonly ExperimentMetrics[]> {
  const evaluator = await createPool(table, { ...settings, jobs: 1 });
  try {
    return await evaluator.score(program, fits, 'test');
  } finally {
    await evaluator.close();
  }
}
