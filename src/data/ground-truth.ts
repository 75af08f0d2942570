import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { type DocumentKind, readYaml, UserError, withFile } from '../base/index.ts';
import { parseExperimentName } from './experiment-name.ts';
import { readMeasuredLatency } from './lifecycle.ts';
import { readTraces } from './otlp/read-traces.ts';
import { traceFiles } from './otlp/trace-files.ts';
import { readParquet } from './parquet.ts';
import type { RunRecords } from './sources/source.ts';
import { locateRecord, type RawColumns } from './steps.ts';

const CONFIG: DocumentKind<{ readonly model: string; readonly tensor_parallelism: number }> = {
  schema: z.object({ model: z.string().min(1), tensor_parallelism: z.number().int().positive() }),
  code: 'data.wrong-exp-config',
  mend: 'Write `model` and `tensor_parallelism` into exp-config.yaml, as the run had them',
};

/** Step records without their traces. */
const STEPS = 'steps.parquet';

/** Whether a folder is an experiment, or holds some, by its name and theirs. */
export function isGroundTruth(folder: string): boolean {
  return isExperiment(basename(resolve(folder))) || namesIn(folder).some(isExperiment);
}

/**
 * Reads a ground-truth folder tree: one folder for each experiment, named `YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`,
 * or one such folder itself. Folders without step records give summary-only experiments, with their measured latency.
 *
 * @param onNote called for each folder that is no experiment.
 * @throws UserError on the first thing that is broken, with its file and place: half an import would look like a whole one.
 */
export async function readGroundTruth(source: string, onNote?: (line: string) => void): Promise<readonly RunRecords[]> {
  const runs: RunRecords[] = [];
  for (const folder of experimentFolders(source, onNote)) runs.push(await readExperiment(folder));
  return runs;
}

function experimentFolders(source: string, onNote: ((line: string) => void) | undefined): readonly string[] {
  if (isExperiment(basename(resolve(source)))) return [source];
  const names = namesIn(source);
  for (const name of names.filter((other) => !isExperiment(other))) {
    onNote?.(`${join(source, name)}: left out, its name is not YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>`);
  }
  return names.filter(isExperiment).map((name) => join(source, name));
}

function isExperiment(name: string): boolean {
  return parseExperimentName(name) !== undefined;
}

function namesIn(folder: string): readonly string[] {
  return withFile(folder, () => readdirSync(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort();
}

async function readExperiment(folder: string): Promise<RunRecords> {
  const id = basename(resolve(folder));
  const { model, tp, workload } = parseExperimentName(id)!;
  const { steps, requests, notes } = await readRecords(folder);
  const summary = join(folder, 'results', 'summary_lifecycle_metrics.json');
  const measured = existsSync(summary) ? readMeasuredLatency(summary) : undefined;
  if (steps === undefined && requests === undefined && measured === undefined) {
    throw new UserError({
      code: 'data.empty-experiment',
      place: { file: folder },
      problem: `neither step records (${STEPS} or traces.json) nor measured latency (${join('results', 'summary_lifecycle_metrics.json')})`,
      mend: 'Copy the folder again from the run, or remove it',
    });
  }
  return {
    id,
    model,
    workload,
    tp,
    place: folder,
    servedModel: configuredModel(folder, model, tp),
    assumed: { hardware: 'H100' },
    settings: {},
    notes,
    ...(steps && { steps }),
    ...(requests && { requests }),
    ...(measured && { measured }),
  };
}

/** Traces say most; where they hold no steps, or are not there, a table may have them. */
async function readRecords(folder: string): Promise<Pick<RunRecords, 'steps' | 'requests' | 'notes'>> {
  const table = join(folder, STEPS);
  const files = traceFiles(folder);
  const traces = files.length > 0 ? await readTraces(files) : { notes: [] };
  const hasTracedSteps = traces.steps !== undefined && recordCount(traces.steps.columns) > 0;
  if (hasTracedSteps || !existsSync(table)) return traces;
  return { ...traces, steps: { file: table, columns: await readParquet(table), locate: locateRecord(table) } };
}

function recordCount(columns: RawColumns): number {
  return [...columns.values()][0]?.length ?? 0;
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
