import { existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { UserError } from '../base/index.ts';
import type { Dataset } from './dataset.ts';
import { importGroundTruth } from './ground-truth.ts';
import { type Given, GIVEN, idleOption } from './idle-option.ts';
import type { ImportOptions } from './import-options.ts';
import { importTable, TABLE_READERS } from './import-table.ts';
import { DATASET_FILE, loadDataset } from './store.ts';

/**
 * Imports step records from a ground-truth folder tree, a Parquet or CSV file, or a dataset folder.
 *
 * @throws UserError where the source is none of these, something in it is broken, or an option would change nothing; nothing
 *   is written.
 */
export async function importDataset(source: string, options: ImportOptions = {}): Promise<Dataset> {
  if (!existsSync(source)) {
    throw new UserError({
      code: 'data.no-source',
      place: { file: source },
      problem: 'no such file or folder',
      mend: 'Check the path',
    });
  }
  if (statSync(source).isDirectory()) {
    if (existsSync(join(source, DATASET_FILE))) {
      refuse(source, options, GIVEN, 'a dataset says this itself');
      return loadDataset(source);
    }
    refuse(source, options, ['model', 'workload', 'tp'], "the folders' names say this");
    return withAllArchitectures(await importGroundTruth(source, options), options);
  }
  if (TABLE_READERS[extname(source).toLowerCase()] === undefined) {
    throw new UserError({
      code: 'data.unknown-format',
      place: { file: source },
      problem: `neither a folder nor a ${Object.keys(TABLE_READERS).join(' or ')} file`,
      mend: 'Give a ground-truth folder, a Parquet file or a CSV file',
    });
  }
  return withAllArchitectures(await importTable(source, options), options);
}

/** @throws UserError where one of the options is given that the source decides. */
function refuse(source: string, options: ImportOptions, decided: readonly Given[], why: string): void {
  const given = decided.find((name) => options[name] !== undefined);
  if (given !== undefined) throw idleOption(source, given, why);
}

/** @throws UserError where an architecture was given that no experiment has. */
function withAllArchitectures(dataset: Dataset, options: ImportOptions): Dataset {
  const unused = options.architectures?.find(({ name }) => !dataset.architectures?.some((used) => used.name === name));
  if (unused === undefined) return dataset;
  throw new UserError({
    code: 'data.idle-architecture',
    place: { file: dataset.source },
    problem: `the model configuration does not apply: no experiment runs \`${unused.name}\``,
    mend: `Leave it out, or give the configuration of a model that is there: ${[...new Set(dataset.experiments.map(({ model }) => model))].join(', ')}`,
  });
}
