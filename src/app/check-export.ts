import { enumeration, UserError } from '../base/index.ts';
import { checkDrift, type DriftCheck, experimentsOf } from '../baselines/index.ts';
import { type Dataset, SPLITS, type SplitName } from '../data/index.ts';
import { type ExportedModel, readExportedModel } from '../export/index.ts';
import type { CheckDocument } from './documents.ts';
import { readProgramText } from './seeds.ts';
import { recordOpening } from './test-access.ts';
import { openDataset, sourceOf } from './workspace.ts';

/** How an export is checked. */
export interface CheckOptions {
  /** Told what is being done, one line for people. */
  readonly onNote?: (line: string) => void;
}

/**
 * Judges an exported model on new data: its errors by experiment and by regime now and when it was exported, the drift between the two
 * with intervals, and how much of the data lies outside of what it was fitted on. All rows are judged; of the very data that it was
 * fitted on the test rows alone. Where steps were not recorded, the requests are served in closed loop. Test rows are opened, and
 * the folder of the data says so.
 *
 * @param dir folder that `exportProgram` wrote.
 * @param data dataset folder.
 * @throws UserError where the folder is no export, or the data has nothing that it could be held against.
 */
export async function checkExport(dir: string, data: string, { onNote }: CheckOptions = {}): Promise<CheckDocument> {
  const model = readExportedModel(dir);
  const { scope, provenance } = model;
  const { target } = provenance;
  const program = readProgramText(`${dir}: program ${provenance.program}`, model.source);
  const fits = model.groups.map(({ group, constants, standardErrors, overheads }) => ({
    group,
    constants,
    standardErrors,
    ...(overheads !== undefined && { overheads }),
  }));
  const dataset = await openDataset(data);
  const judged = { target, program, fits, scope };
  const chosen = experimentsOf(dataset, judged);
  if (chosen.length === 0) throw noExperiment(model, dataset, data);
  const isOwn = dataset.hash === provenance.dataset;
  const splits: readonly SplitName[] = isOwn ? ['test'] : SPLITS;
  const testAccess = recordOpening({ command: 'check', program: provenance.program }, undefined, sourceOf(data));
  onNote?.(`judging ${chosen.length === 1 ? '1 experiment' : `${chosen.length} experiments`}`);
  const { verdict, ...check } = checkDrift(dataset, judged, model.standing, splits);
  if (verdict === null) throw nothingToJudge(check, data);
  const ids = new Set(chosen.map(({ id }) => id));
  return {
    export: dir,
    program: provenance.program,
    run: provenance.run,
    data: { source: data, hash: dataset.hash },
    rows: isOwn ? 'test' : 'all',
    verdict,
    ...check,
    foreign: dataset.experiments.flatMap(({ id }) => (ids.has(id) ? [] : [id])),
    testAccess,
  };
}

function noExperiment({ groups, scope }: ExportedModel, { experiments }: Dataset, data: string): UserError {
  const models = (all: readonly string[]): string => enumeration([...new Set(all)]);
  const own =
    scope === 'experiment' ? groups.map(({ group }) => group) : groups.flatMap(({ models: all }) => all.map(modelText));
  const there =
    scope === 'experiment'
      ? experiments.map(({ id }) => id)
      : experiments.map(({ architecture, tp, hardware }) =>
          modelText({ id: architecture, tensorParallelism: tp, hardware }),
        );
  return new UserError({
    code: 'app.no-experiment-of-models',
    place: { file: data },
    problem: `no experiment of the export's ${scope === 'experiment' ? 'experiments' : 'models'}: it has ${models(own)}, the data ${models(there)}`,
    mend: 'Give data of one of these, or export a program that was fitted on such data',
  });
}

function modelText({ id, tensorParallelism, hardware }: ExportedModel['groups'][number]['models'][number]): string {
  return `${id} tp ${tensorParallelism} on ${hardware}`;
}

function nothingToJudge({ experiments, missing }: Omit<DriftCheck, 'verdict'>, data: string): UserError {
  const rows = experiments.reduce((sum, { now }) => sum + now.rows, 0);
  const [[first, why] = ['', '']] = Object.entries(missing);
  return new UserError({
    code: 'app.nothing-to-check',
    place: { file: data },
    problem:
      rows > 0
        ? `too few rows to tell: ${rows} in ${experiments.length === 1 ? '1 experiment' : `${experiments.length} experiments`}`
        : `no rows to judge${first === '' ? '' : ` (${first}: ${why})`}`,
    mend: 'Give data with more step records, or with request logs',
  });
}
