import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type FolderFile, readJson, readJsonIfAny, readText, UserError, writeFolderAtomically } from '../base/index.ts';
import type { Dataset, Experiment } from './dataset.ts';
import { type DatasetDocument, DOCUMENT, MEND, SCHEMA_VERSION } from './dataset-document.ts';
import { readTables, TABLE_FILES, tableEntry, tableFiles } from './dataset-tables.ts';
import { makeDataset } from './make-dataset.ts';
import {
  PLAIN_TABLE_FILE,
  plainDataset,
  plainTableBytes,
  plainTableEntry,
  readPlainTable,
} from './tables/plain-dataset.ts';

export const DATASET_FILE = 'dataset.json';
/** Beside a dataset: who opened its test rows, and when. */
export const TEST_ACCESS_FILE = 'test-access.jsonl';

/**
 * Writes a dataset folder: `dataset.json` and the tables of its experiments. It is written beside the target and renamed, so
 * that a failure leaves what was there before. An existing dataset is replaced; the record of who opened its test rows is kept.
 *
 * @throws UserError where the target holds anything but a dataset, or cannot be written.
 */
export function saveDataset(dataset: Dataset, directory: string): void {
  const record = join(directory, TEST_ACCESS_FILE);
  const files: FolderFile[] = [
    ...(dataset.table === undefined
      ? tableFiles(dataset.experiments)
      : [{ path: PLAIN_TABLE_FILE, content: plainTableBytes(dataset.table) }]),
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
  if (document.table !== undefined) {
    const table = await readPlainTable(join(directory, PLAIN_TABLE_FILE), document.table, MEND);
    return unchanged(plainDataset(document.source, table), document, directory);
  }
  const tablesOf = await readTables(directory, document.experiments, path);
  const experiments = document.experiments.map((entry): Experiment => {
    const {
      rows: _rows,
      engines: _engines,
      kvEvents: _kv,
      state: _state,
      requests: _requests,
      tokenTimes: _times,
      points: _points,
      replay: _replay,
      ...rest
    } = entry;
    const { originNs: _origin, ...facts } = rest;
    return { ...facts, ...tablesOf(entry) };
  });
  return unchanged(
    makeDataset(document.source, experiments, document.architectures, document.accelerators, document.leftOut),
    document,
    directory,
  );
}

/** @throws UserError where the content of a dataset is not that of its document */
function unchanged(dataset: Dataset, document: DatasetDocument, directory: string): Dataset {
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
  const document = readJsonIfAny(join(folder, DATASET_FILE), DOCUMENT.schema);
  return document && [DATASET_FILE, ...TABLE_FILES, PLAIN_TABLE_FILE, TEST_ACCESS_FILE];
}

function documentOf(dataset: Dataset): DatasetDocument {
  return {
    schemaVersion: SCHEMA_VERSION,
    source: dataset.source,
    hash: dataset.hash,
    ...(dataset.table && { table: plainTableEntry(dataset.table) }),
    ...(dataset.architectures && { architectures: [...dataset.architectures] }),
    ...(dataset.accelerators && { accelerators: [...dataset.accelerators] }),
    ...(dataset.leftOut && { leftOut: dataset.leftOut }),
    experiments: dataset.experiments.map((experiment) => {
      const {
        steps: _steps,
        engines: _engines,
        kvEvents: _kv,
        state: _state,
        requests: _requests,
        points: _points,
        replay: _replay,
        ...facts
      } = experiment;
      return { ...facts, ...tableEntry(experiment) };
    }),
  };
}
