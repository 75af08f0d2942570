import { existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { UserError } from '../numeric/index.ts';
import type { Dataset } from './dataset.ts';
import { importGroundTruth } from './ground-truth.ts';
import type { ImportOptions } from './import-options.ts';
import { importTable, TABLE_READERS } from './import-table.ts';
import { DATASET_FILE, loadDataset } from './store.ts';

/**
 * Imports step records from a ground-truth folder tree, a Parquet or CSV file, or a dataset folder.
 *
 * @throws UserError where the source is none of these or something in it is broken; nothing is written.
 */
export async function importDataset(source: string, options: ImportOptions = {}): Promise<Dataset> {
  if (!existsSync(source)) throw new UserError(`${source}: no such file or folder`, 'Check the path.');
  if (statSync(source).isDirectory()) {
    return existsSync(join(source, DATASET_FILE)) ? loadDataset(source) : importGroundTruth(source, options);
  }
  if (TABLE_READERS[extname(source).toLowerCase()] === undefined) {
    throw new UserError(
      `${source}: neither a folder nor a ${Object.keys(TABLE_READERS).join(' or ')} file`,
      'Give a ground-truth folder, a Parquet file or a CSV file.',
    );
  }
  return importTable(source, options);
}
