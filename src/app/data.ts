import {
  type Dataset,
  demoDataset,
  describeDataset,
  importDataset,
  type ImportOptions,
  saveDataset,
} from '../data/index.ts';
import { readHuggingFaceConfig } from '../physics/index.ts';
import type { DataDocument } from './documents.ts';

/** What an import's source itself does not say. */
export interface DataOptions extends Omit<ImportOptions, 'architectures'> {
  /** Dataset folder to write; default: none is written. */
  readonly folder?: string;
  /** Hugging Face `config.json` of a model that is not built in; `model` is then the name that it goes by. */
  readonly modelConfig?: string;
}

/**
 * Imports a ground-truth folder tree, one Parquet file or one CSV file of step records.
 *
 * @throws UserError that names the file and the place, where the source is none of these.
 */
export async function importData(source: string, options: DataOptions = {}): Promise<Dataset> {
  const { folder, modelConfig, model, ...others } = options;
  const dataset = await importDataset(source, {
    ...others,
    ...(modelConfig === undefined
      ? model !== undefined && { model }
      : { architectures: [readHuggingFaceConfig(modelConfig, model)] }),
  });
  if (folder !== undefined) saveDataset(dataset, folder);
  return dataset;
}

/** Writes the embedded demo data as a dataset folder: a simulation of traffic, not a measurement. */
export async function writeDemoData(folder: string): Promise<Dataset> {
  const dataset = await demoDataset();
  saveDataset(dataset, folder);
  return dataset;
}

/** Experiments, splits, cycle pairs and features of a dataset. */
export function describeData(dataset: Dataset): DataDocument {
  return describeDataset(dataset);
}
