import { standingOf } from '../baselines/index.ts';
import { UserError } from '../base/index.ts';
import { buildTable, type Dataset, modelKey, servingContext } from '../data/index.ts';
import { beyondData, fitsInUse, groupOf, type Scope } from '../evaluate/index.ts';
import { type ExportGroup, exportGo, type ExportInput, type ExportOptions } from '../export/index.ts';
import { choiceOf, findProgram, readState, type Run } from '../run/index.ts';
import { type FailedGate, failedExportGates } from '../search/index.ts';
import { contextWarnings } from './context-warnings.ts';
import { refuseTable } from './column-run.ts';
import type { ExportDocument } from './documents.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { datasetOf } from './workspace.ts';

/** How a program is exported. */
export interface ProgramExportOptions extends ExportOptions {
  /** Also a program that fails a gate; its README says which and why. Default false. */
  readonly force?: boolean;
}

/**
 * Writes a program of a run as a Go package with its constants, a parity test and a benchmark.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, it fails a gate, its data is gone, or the folder holds something else.
 */
export async function exportProgram(
  run: Run,
  id: string | undefined,
  { force = false, ...options }: ProgramExportOptions,
): Promise<ExportDocument> {
  const { input, about } = await exportInput(run, id, force);
  const { files } = await exportGo(input, options);
  return { ...about, dir: options.dir, files };
}

/**
 * All that a package of a program is made of.
 *
 * @param force also of a program that fails a gate.
 * @throws UserError as `exportProgram`.
 */
export async function exportInput(
  run: Run,
  id: string | undefined,
  force: boolean,
): Promise<{
  readonly input: ExportInput;
  readonly about: Pick<ExportDocument, 'program' | 'failedGates' | 'warnings'>;
}> {
  const { state } = readState(run);
  const individual = findProgram(run, state, id);
  const failedGates = failedExportGates(individual);
  if (failedGates.length > 0 && !force) throw refusedByGates(run, individual.id, failedGates);
  const choice = choiceOf(individual, state, run.config.objective)?.warnings ?? [];
  const dataset = await datasetOf(run);
  refuseTable(dataset, 'a package that computes features of requests');
  const { data, target, objective, scope, search } = run.config;
  const { evaluation } = individual;
  const { program } = individual;
  const fits = fitsInUse(evaluation);
  const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
  const input: ExportInput = {
    program,
    scope,
    fits,
    ...(evaluation.closedLoop !== undefined && { closedLoop: evaluation.closedLoop }),
    groups: exportGroups(dataset, scope),
    ...(data.contexts !== undefined && { contexts: data.contexts }),
    cautions: [...failedGates, ...choice.map((reason) => ({ reason }))],
    features: buildTable(dataset, { target, splits: ['train'] }).features,
    standing: standingOf(dataset, { target, program, fits, scope }),
    beyond: beyondData({ program, fits, scope, dataset, table }, evaluateSettings(run.config, 1)),
    provenance: {
      run: run.name,
      program: individual.id,
      dataset: dataset.hash,
      target,
      objective,
      seed: search.seed,
      error: evaluation.error,
      validationError: evaluation.validationError,
    },
  };
  const contexts = data.contexts === 'requests' ? [] : contextWarnings(program, dataset);
  return { input, about: { program: individual.id, failedGates, warnings: [...contexts, ...choice] } };
}

/** The error of a program that fails gates. */
export function refusedByGates(run: Run, id: string, failed: readonly FailedGate[]): UserError {
  return new UserError({
    code: 'app.failed-gates',
    place: { file: run.directory },
    problem: `program ${id} is not to be trusted: ${failed.map(({ gate, reason }) => `${gate}: ${reason}`).join('; ')}`,
    mend: 'export another program',
  });
}

/** The serving set-ups that a run's constants apply to, one for each group and context. */
function exportGroups(dataset: Dataset, scope: Scope): readonly ExportGroup[] {
  const groups = new Map<string, ExportGroup>();
  for (const experiment of dataset.experiments) {
    const steps = experiment.steps ?? experiment.replay?.steps;
    if (steps === undefined) continue;
    const key = modelKey(experiment);
    const group = groupOf({ id: experiment.id, modelKey: key }, scope);
    const totalKvBlocks = steps.kvBlocksTotal[0];
    const name = `${group} ${key}`;
    if (groups.has(name)) continue;
    groups.set(name, {
      group,
      context: servingContext(dataset, experiment),
      ...(totalKvBlocks !== undefined && Number.isFinite(totalKvBlocks) && { totalKvBlocks }),
    });
  }
  return [...groups.values()];
}
