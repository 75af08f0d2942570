import {
  checkInvariants,
  holdOut,
  learningCurves,
  lowToHighLoad,
  openRows,
  referencePredictors,
  refuseWithoutTest,
  replayedRows,
  trainingData,
  withClients,
} from '../baselines/index.ts';
import { buildTable, contextSource, isPlainDataset, type TableExperiment } from '../data/index.ts';
import {
  beyondData,
  DEFAULT_EVALUATE_SETTINGS,
  type ExperimentMetrics,
  firstEntries,
  fitsInUse,
  flatStretches,
} from '../evaluate/index.ts';
import { findProgram, readState, type Run } from '../run/index.ts';
import type { ValidateDocument } from './documents.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { littlesLaw } from './littles-law.ts';
import { type NestedOptions, searchNested } from './nested-search.ts';
import { hasPoints, measureTransfer } from './transfer.ts';
import { recordOpening } from './test-access.ts';
import { scoreOn } from './score-on.ts';
import { refuseStepChecks, validateOnTable } from './validate-table.ts';
import { validateClosedLoop } from './validate-closed-loop.ts';
import { gapOf, testErrors } from './validate-errors.ts';
import { validateNested } from './validate-nested.ts';
import { datasetOf } from './workspace.ts';

/** How a program is validated. */
export interface ValidateOptions {
  /** Processes to evaluate with; default: one for each processor. */
  readonly jobs?: number;
  /** Searches the structure again without each part that is held out, before the test rows are opened; default: not. */
  readonly nested?: NestedOptions;
  /** Measures the error on validation rows against the number of training rows; default: not. */
  readonly learningCurve?: boolean;
  /** Fits the program and every reference predictor without each model, kind of GPU, generation and engine; default: where there are serving points. */
  readonly transfer?: boolean;
  /** Told what is being done, one line for people. */
  readonly onNote?: (line: string) => void;
}

/**
 * How far a program of a run can be trusted: errors on the test rows with bootstrap intervals, latencies of the test requests in
 * closed loop, both with models, workloads, kinds of GPU and the highest loads held out, heavy batches held out, and six invariants.
 * Opens the test rows and requests, and says in the run's directory that it did.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, or its data is gone; the reason of the signal where it ends the searches.
 */
export async function validateProgram(
  run: Run,
  id?: string,
  { jobs = DEFAULT_EVALUATE_SETTINGS.jobs, nested, learningCurve = false, transfer, onNote }: ValidateOptions = {},
): Promise<ValidateDocument> {
  const { program, evaluation, id: programId } = findProgram(run, readState(run).state, id);
  const fits = fitsInUse(evaluation);
  const { target, scope, objective } = run.config;
  const dataset = await datasetOf(run);
  if (isPlainDataset(dataset)) {
    refuseStepChecks({ nested, learningCurve, transfer: transfer === true }, dataset.source);
    return await validateOnTable(run, dataset, { id: programId, program, fits, evaluation });
  }
  refuseWithoutTest(dataset, target);
  const settings = evaluateSettings(run.config, jobs);
  const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
  // The scheduler's part of a step is no clock that requests could go by.
  const served = target === 'cycle' ? withClients(dataset) : [];
  const learned = { dataset, table, data: trainingData(dataset, target), ...(served.length > 0 && { served }) };
  const searches = nested && (await searchNested(run, learned, jobs, nested).finally(nested.onEnd));
  const access = recordOpening({ command: 'validate', program: programId }, run, run.config.data.source);
  const testTable = buildTable(dataset, { target, splits: ['test'] });
  const experiments = await scoreOn('test', program, fits, testTable, settings);
  const fitted =
    fits === evaluation.fits
      ? evaluation.metrics
      : {
          train: await scoreOn('train', program, fits, table, settings),
          valid: await scoreOn('valid', program, fits, table, settings),
        };
  const test = openRows(dataset, target, 'test');
  const input = { program, fits, settings, ...learned, test, contexts: contextSource(dataset) };
  if (served.length > 0) onNote?.('serving requests');
  const closedLoop = served.length === 0 ? null : validateClosedLoop(dataset, served, program, fits, scope);
  const weightOf = ({ id: experiment, requests }: ExperimentMetrics): number => {
    const isRequests = requests !== undefined;
    const isOwn = (entry: TableExperiment): boolean =>
      entry.id === experiment && (entry.observations !== undefined) === isRequests;
    return testTable.experiments.find(isOwn)?.weight ?? 1;
  };
  const latency = target === 'cycle' ? littlesLaw(dataset, program, fits, scope) : [];
  const beyond = beyondData({ program, fits, scope, dataset, table }, settings);
  onNote?.('holding out models');
  const leaveOneModelOut = await holdOut(input, 'leaveOneModelOut');
  onNote?.('holding out workloads');
  const leaveOneWorkloadOut = await holdOut(input, 'leaveOneWorkloadOut');
  onNote?.('holding out GPUs');
  const leaveOneGpuOut = await holdOut(input, 'leaveOneGpuOut');
  onNote?.('holding out high load');
  const leaveHighLoadOut = await holdOut(input, 'leaveHighLoadOut');
  const load = await lowToHighLoad(input);
  const curves = learningCurve
    ? await learningCurves(input, referencePredictors(), (name) => onNote?.(`learning curve of ${name}`))
    : undefined;
  const carried =
    (transfer ?? hasPoints(dataset))
      ? await measureTransfer({ dataset, target, program: { id: programId, program, evaluation }, settings, onNote })
      : undefined;
  const again = nested && searches && (await validateNested(run, input, searches, nested, onNote));
  return {
    program: programId,
    split: 'test',
    ...testErrors(experiments, program, fits, scope, test),
    closedLoop,
    ...beyond,
    gap: gapOf({ ...fitted, test: experiments }, weightOf, objective),
    generalisation: {
      leaveOneModelOut,
      leaveOneWorkloadOut,
      leaveOneGpuOut,
      leaveHighLoadOut,
      lowToHighLoad: load,
    },
    ...(again && { nested: again }),
    ...(curves && { learningCurve: curves }),
    ...(carried && { transfer: carried }),
    invariants: checkInvariants({
      program,
      fits,
      scope,
      evaluated: evaluation.invariants,
      features: table.features,
      contexts: contextSource(dataset),
      // Where steps were not recorded, the batches that the requests made.
      test: [...test, ...replayedRows(dataset, target, 'test')],
      metrics: firstEntries(experiments),
      stretches: flatStretches(beyond.curves.filter(({ model }) => beyond.floor?.questioned[model] === undefined)),
    }),
    testAccess: access,
    ...(latency.length > 0 && { littlesLaw: latency }),
  };
}
