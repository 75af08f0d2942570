import { buildTable, type Dataset, modelKey, servingContext } from '../data/index.ts';
import { groupOf, type Scope } from '../evaluate/index.ts';
import { type ExportGroup, exportGo, type InterfaceName } from '../export/index.ts';
import { findProgram, readState } from '../run/index.ts';
import { note, print, printJson } from './output.ts';
import { datasetOf, resolveRunAndProgram } from './workspace.ts';

interface ExportCommandOptions {
  readonly go: string;
  readonly interface: InterfaceName;
  readonly alpha?: readonly [number, number, number];
  readonly vllmVersion?: string;
  readonly json: boolean;
}

/** `evolve export [RUN] [PROGRAM] --go DIR`. */
export async function exportCommand(
  first: string | undefined,
  second: string | undefined,
  options: ExportCommandOptions,
): Promise<void> {
  const { run, id } = resolveRunAndProgram(first, second);
  const individual = findProgram(run, readState(run).state, id);
  const dataset = await datasetOf(run);
  const { target, objective, scope, search } = run.config;
  const { evaluation } = individual;
  const { files } = await exportGo(
    {
      program: individual.program,
      scope,
      fits: evaluation.fits,
      groups: exportGroups(dataset, scope),
      features: buildTable(dataset, { target, splits: ['train'] }).features,
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
    },
    {
      dir: options.go,
      interface: options.interface,
      ...(options.alpha && { alpha: options.alpha }),
      ...(options.vllmVersion !== undefined && { vllmVersion: options.vllmVersion }),
    },
  );
  if (options.json) printJson({ program: individual.id, dir: options.go, files });
  else print(files.map((file) => `${options.go}/${file}`).join('\n'));
  const test =
    options.interface === 'standalone'
      ? `test it: cd ${options.go} && go test ./... && go vet ./...`
      : "its README.md says where it goes in the simulator's tree";
  note(`program ${individual.id} of ${run.directory} exported; ${test}`);
}

/** The serving set-ups that a run's constants apply to, one for each group and context. */
function exportGroups(dataset: Dataset, scope: Scope): readonly ExportGroup[] {
  const groups = new Map<string, ExportGroup>();
  for (const experiment of dataset.experiments) {
    if (experiment.steps === undefined) continue;
    const key = modelKey(experiment);
    const group = groupOf({ id: experiment.id, modelKey: key }, scope);
    const totalKvBlocks = experiment.steps.kvBlocksTotal[0];
    const name = `${group} ${key} ${experiment.hardware}`;
    if (groups.has(name)) continue;
    groups.set(name, {
      group,
      context: servingContext(dataset, experiment),
      ...(totalKvBlocks !== undefined && { totalKvBlocks }),
    });
  }
  return [...groups.values()];
}
