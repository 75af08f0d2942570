import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, fileError, readYaml, UserError } from '../base/index.ts';
import { architecture, hardware, type StepColumns } from '../physics/index.ts';
import type { Dataset, Experiment } from './dataset.ts';
import { parseExperimentName } from './experiment-name.ts';
import type { ImportOptions } from './import-options.ts';
import { readMeasuredLatency } from './lifecycle.ts';
import { makeDataset } from './make-dataset.ts';
import { readBatchSummaries } from './otlp/batch-summaries.ts';
import { traceFiles } from './otlp/trace-files.ts';
import { readParquet } from './parquet.ts';
import { locateRecord, type RawColumns, stepColumns } from './steps.ts';

const CONFIG: DocumentKind<{ readonly model: string; readonly tensor_parallelism: number }> = {
  schema: z.object({ model: z.string().min(1), tensor_parallelism: z.number().int().positive() }),
  code: 'data.wrong-exp-config',
  mend: 'Write `model` and `tensor_parallelism` into exp-config.yaml, as the run had them',
};

/** Where an experiment's step records may be, best first: the columns are the same, Parquet is read faster. */
const STEP_SOURCES: readonly {
  readonly meaning: string;
  readonly files: (folder: string) => readonly string[];
  readonly read: (paths: readonly string[]) => Promise<RawColumns>;
}[] = [
  {
    meaning: 'steps.parquet',
    files: (folder) => [join(folder, 'steps.parquet')].filter((path) => existsSync(path)),
    read: ([path]) => readParquet(path!),
  },
  { meaning: 'traces.json', files: traceFiles, read: readBatchSummaries },
];

/**
 * Imports a ground-truth folder tree: one folder for each experiment, named `YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`,
 * or one such folder itself. Folders without step records give summary-only experiments, with their measured latency.
 * Other folders are no experiments and are named to `options.onNote`.
 *
 * @throws UserError on the first thing that is broken, with its file and place: half an import would look like a whole one.
 */
export async function importGroundTruth(source: string, options: ImportOptions = {}): Promise<Dataset> {
  const folders = experimentFolders(source, options);
  const experiments: Experiment[] = [];
  for (const folder of folders) experiments.push(await readExperiment(folder, options));
  return makeDataset(source, experiments, options.architectures);
}

function experimentFolders(source: string, options: ImportOptions): readonly string[] {
  if (parseExperimentName(basename(resolve(source))) !== undefined) return [source];
  let entries;
  try {
    entries = readdirSync(source, { withFileTypes: true });
  } catch (error) {
    throw fileError(error, source);
  }
  const names = entries
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort();
  const found = names.filter((name) => parseExperimentName(name) !== undefined);
  if (found.length === 0) {
    throw new UserError({
      code: 'data.no-experiments',
      place: { file: source },
      problem: 'no experiment folders in it',
      mend: 'Give the folder that holds them; each is named YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>',
    });
  }
  for (const name of names.filter((other) => !found.includes(other))) {
    options.onNote?.(`${join(source, name)}: left out, its name is not YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`);
  }
  return found.map((name) => join(source, name));
}

async function readExperiment(folder: string, options: ImportOptions): Promise<Experiment> {
  const id = basename(resolve(folder));
  const { model, tp, workload } = parseExperimentName(id)!;
  const steps = await readSteps(folder);
  const summary = join(folder, 'results', 'summary_lifecycle_metrics.json');
  const measured = existsSync(summary) ? readMeasuredLatency(summary) : undefined;
  if (steps === undefined && measured === undefined) {
    throw new UserError({
      code: 'data.empty-experiment',
      place: { file: folder },
      problem: `neither step records (${STEP_SOURCES.map(({ meaning }) => meaning).join(' or ')}) nor measured latency (${join('results', 'summary_lifecycle_metrics.json')})`,
      mend: 'Copy the folder again from the run, or remove it',
    });
  }
  return {
    id,
    model,
    workload,
    tp,
    architecture: architecture(configuredModel(folder, model, tp), options.architectures).name,
    hardware: hardware(options.hardware ?? 'H100').name,
    blockSize: options.blockSize ?? 16,
    ...(steps && { steps }),
    ...(measured && { measured }),
  };
}

async function readSteps(folder: string): Promise<StepColumns | undefined> {
  for (const { files, read } of STEP_SOURCES) {
    const paths = files(folder);
    const path = paths.at(-1);
    if (path === undefined) continue;
    const steps = stepColumns(await read(paths), path, locateRecord(path));
    if (steps.stepId.length === 0) {
      throw new UserError({
        code: 'data.no-steps',
        place: { file: path },
        problem: 'no step records in it',
        mend: 'Trace with step tracing on, or remove the file',
      });
    }
    return steps;
  }
  return undefined;
}

/** The model id that the server was started with; the folder's name stands in where there is no exp-config.yaml. */
function configuredModel(folder: string, model: string, tp: number): string {
  const path = join(folder, 'exp-config.yaml');
  if (!existsSync(path)) return model;
  const config = readYaml(path, CONFIG);
  if (config.tensor_parallelism !== tp) {
    throw new UserError({
      code: 'data.contradiction',
      place: { file: path, at: 'tensor_parallelism' },
      problem: `is ${config.tensor_parallelism}, but the folder's name says tp${tp}`,
      mend: 'Correct the one that is wrong',
    });
  }
  return config.model;
}
