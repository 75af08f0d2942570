import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type DocumentKind,
  type FolderFile,
  readJson,
  readJsonIfAny,
  readText,
  UserError,
  writeFolderAtomically,
} from '../base/index.ts';
import { STEP_COLUMNS, type StepColumns } from '../physics/index.ts';
import { COLUMN_NAMES } from './column-names.ts';
import type { Dataset, Experiment } from './dataset.ts';
import { makeDataset } from './make-dataset.ts';
import { parquetBytes, readParquet } from './parquet.ts';
import { locateRecord, type RawColumns, stepColumns } from './steps.ts';

export const DATASET_FILE = 'dataset.json';
const STEPS_FILE = 'steps.parquet';
/** Beside a dataset: who opened its test rows, and when. */
export const TEST_ACCESS_FILE = 'test-access.jsonl';
const SCHEMA_VERSION = 1;
const MEND = 'Import the data again';

const positiveInteger = z.number().int().positive();
const positive = z.number().positive();
const nonNegative = z.number().nonnegative();

const MEASURED = z.object({
  e2eMs: nonNegative,
  ttftMs: nonNegative,
  itlMs: nonNegative,
  completed: nonNegative,
  failed: nonNegative,
  meanPromptTokens: nonNegative,
  meanOutputTokens: nonNegative,
});

const ARCHITECTURE = z.object({
  name: z.string(),
  id: z.string(),
  hiddenSize: positiveInteger,
  layers: positiveInteger,
  heads: positiveInteger,
  kvHeads: positiveInteger,
  headSize: positive,
  intermediateSize: positiveInteger,
  vocabularySize: positiveInteger,
  experts: positiveInteger,
  activeExperts: positiveInteger,
  bytesPerParameter: positive,
  parameters: positive,
});

const SCHEMA = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  source: z.string(),
  hash: z.string(),
  architectures: z.array(ARCHITECTURE).optional(),
  experiments: z.array(
    z.object({
      id: z.string(),
      model: z.string(),
      workload: z.string(),
      tp: positiveInteger,
      architecture: z.string(),
      hardware: z.string(),
      blockSize: positiveInteger,
      rows: z.number().int().nonnegative(),
      measured: MEASURED.optional(),
    }),
  ),
});

const DOCUMENT: DocumentKind<z.infer<typeof SCHEMA>> = { schema: SCHEMA, code: 'data.wrong-dataset', mend: MEND };

/**
 * Writes a dataset folder: `dataset.json` and `steps.parquet`. It is written beside the target and renamed, so that a
 * failure leaves what was there before. An existing dataset is replaced; the record of who opened its test rows is kept.
 *
 * @throws UserError where the target holds anything but a dataset, or cannot be written.
 */
export function saveDataset(dataset: Dataset, directory: string): void {
  const record = join(directory, TEST_ACCESS_FILE);
  const files: FolderFile[] = [
    { path: STEPS_FILE, content: stepsTable(dataset.experiments) },
    { path: DATASET_FILE, content: `${JSON.stringify(documentOf(dataset), null, 2)}\n` },
    ...(existsSync(record) ? [{ path: TEST_ACCESS_FILE, content: readText(record) }] : []),
  ];
  writeFolderAtomically(directory, files, { noun: 'dataset', ownFiles });
}

/**
 * Reads a dataset folder.
 *
 * @throws UserError where the folder is no dataset, was made by another version, or its content does not match its hash.
 */
export async function loadDataset(directory: string): Promise<Dataset> {
  const path = join(directory, DATASET_FILE);
  if (existsSync(directory) && !existsSync(path)) {
    throw new UserError({
      code: 'data.not-a-dataset',
      place: { file: directory },
      problem: `not a dataset (no ${DATASET_FILE} in it)`,
      mend: MEND,
    });
  }
  const document = readJson(path, DOCUMENT);
  const stepsPath = join(directory, STEPS_FILE);
  const table = await readParquet(stepsPath);
  const rowsById = rowsByExperiment(table, stepsPath);
  const experiments = document.experiments.map(({ rows, measured, ...rest }): Experiment => {
    const own = rowsById.get(rest.id) ?? [];
    if (own.length !== rows) {
      throw new UserError({
        code: 'data.wrong-dataset',
        place: { file: stepsPath },
        problem: `${own.length} records of \`${rest.id}\` where ${path} says ${rows}`,
        mend: MEND,
      });
    }
    return { ...rest, ...(rows > 0 && { steps: stepsOf(table, own, stepsPath) }), ...(measured && { measured }) };
  });
  const dataset = makeDataset(document.source, experiments, document.architectures);
  if (dataset.hash !== document.hash) {
    throw new UserError({
      code: 'data.changed-dataset',
      place: { file: directory },
      problem: `its content does not match the hash in ${DATASET_FILE}: it was changed`,
      mend: MEND,
    });
  }
  return dataset;
}

/** The files of an earlier dataset, or undefined where the folder holds none that could be read. */
function ownFiles(folder: string): readonly string[] | undefined {
  const document = readJsonIfAny(join(folder, DATASET_FILE), SCHEMA);
  return document && [DATASET_FILE, STEPS_FILE, TEST_ACCESS_FILE];
}

function documentOf(dataset: Dataset): z.input<typeof SCHEMA> {
  return {
    schemaVersion: SCHEMA_VERSION,
    source: dataset.source,
    hash: dataset.hash,
    ...(dataset.architectures && { architectures: [...dataset.architectures] }),
    experiments: dataset.experiments.map(({ steps, ...rest }) => ({ ...rest, rows: steps?.stepId.length ?? 0 })),
  };
}

function stepsTable(experiments: readonly Experiment[]): Uint8Array {
  const withSteps = experiments.filter((experiment) => experiment.steps !== undefined);
  const length = withSteps.reduce((sum, { steps }) => sum + steps!.stepId.length, 0);
  const columns = COLUMN_NAMES.map((name) => {
    const data = new Float64Array(length);
    let at = 0;
    for (const { steps } of withSteps) {
      data.set(steps![name], at);
      at += steps!.stepId.length;
    }
    return { name: STEP_COLUMNS[name], data };
  });
  const ids = withSteps.flatMap(({ id, steps }) => Array.from(steps!.stepId, () => id));
  return parquetBytes([{ name: 'experiment', data: ids }, ...columns]);
}

function rowsByExperiment(table: RawColumns, path: string): ReadonlyMap<string, readonly number[]> {
  const ids = table.get('experiment');
  if (ids === undefined) {
    throw new UserError({
      code: 'data.wrong-dataset',
      place: { file: path },
      problem: 'column `experiment` is missing',
      mend: MEND,
    });
  }
  const rows = new Map<string, number[]>();
  for (let row = 0; row < ids.length; row++) {
    const id = String(ids[row]);
    const own = rows.get(id);
    if (own) own.push(row);
    else rows.set(id, [row]);
  }
  return rows;
}

function stepsOf(table: RawColumns, rows: readonly number[], path: string): StepColumns {
  const part = new Map([...table].map(([name, cells]) => [name, rows.map((row) => cells[row])]));
  return stepColumns(part, path, locateRecord(path, rows));
}
