import { existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { UserError } from '../base/index.ts';
import type { Dataset } from './dataset.ts';
import { importGroundTruth } from './ground-truth.ts';
import type { ImportOptions } from './import-options.ts';
import { importTable, TABLE_READERS } from './import-table.ts';
import { DATASET_FILE, loadDataset } from './store.ts';

type Given = Exclude<keyof ImportOptions, 'onNote'>;

/** How the command line spells an option. */
const FLAGS: { readonly [O in Given]: string } = {
  model: '--model',
  workload: '--workload',
  tp: '--tp',
  hardware: '--hardware',
  blockSize: '--block-size',
  architectures: '--model-config',
};

/**
 * Imports step records from a ground-truth folder tree, a Parquet or CSV file, or a dataset folder.
 *
 * @throws UserError where the source is none of these, something in it is broken, or an option would change nothing; nothing
 *   is written.
 */
export async function importDataset(source: string, options: ImportOptions = {}): Promise<Dataset> {
  if (!existsSync(source)) throw new UserError(`${source}: no such file or folder`, 'Check the path.');
  if (statSync(source).isDirectory()) {
    if (existsSync(join(source, DATASET_FILE))) {
      refuse(source, options, Object.keys(FLAGS) as Given[], 'a dataset says this itself');
      return loadDataset(source);
    }
    refuse(source, options, ['model', 'workload', 'tp'], "the folders' names say this");
    return withAllArchitectures(await importGroundTruth(source, options), options);
  }
  if (TABLE_READERS[extname(source).toLowerCase()] === undefined) {
    throw new UserError(
      `${source}: neither a folder nor a ${Object.keys(TABLE_READERS).join(' or ')} file`,
      'Give a ground-truth folder, a Parquet file or a CSV file.',
    );
  }
  return withAllArchitectures(await importTable(source, options), options);
}

/** @throws UserError where one of the options is given that the source decides. */
function refuse(source: string, options: ImportOptions, decided: readonly Given[], why: string): void {
  const given = decided.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw new UserError(`${source}: ${FLAGS[given]} does not apply: ${why}`, `Leave out ${FLAGS[given]}.`);
  }
}

/** @throws UserError where an architecture was given that no experiment has. */
function withAllArchitectures(dataset: Dataset, options: ImportOptions): Dataset {
  const unused = options.architectures?.find(({ name }) => !dataset.architectures?.some((used) => used.name === name));
  if (unused === undefined) return dataset;
  throw new UserError(
    `${dataset.source}: ${FLAGS.architectures} does not apply: no experiment runs \`${unused.name}\``,
    `Leave it out, or give the configuration of a model that is there: ${[...new Set(dataset.experiments.map(({ model }) => model))].join(', ')}.`,
  );
}
