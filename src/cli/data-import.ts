import { describeDataset, type ImportOptions, importDataset, saveDataset } from '../data/index.ts';
import { readHuggingFaceConfig } from '../physics/index.ts';
import { describeText } from './data-text.ts';
import { note, print, printJson } from './output.ts';

interface DataImportOptions {
  readonly out: string;
  readonly model?: string;
  readonly modelConfig?: string;
  readonly workload?: string;
  readonly tp?: number;
  readonly hardware?: string;
  readonly blockSize?: number;
  readonly json: boolean;
}

/** `evolve data import SRC --out DIR`. */
export async function dataImportCommand(source: string, options: DataImportOptions): Promise<void> {
  const dataset = await importDataset(source, importOptions(options));
  saveDataset(dataset, options.out);
  const description = describeDataset(dataset);
  if (options.json) printJson(description);
  else print(describeText(dataset.source, description));
  note(`written to ${options.out}`);
}

function importOptions({ model, modelConfig, workload, tp, hardware, blockSize }: DataImportOptions): ImportOptions {
  return {
    onNote: note,
    // Beside a configuration file, the model is the name that it goes by.
    ...(modelConfig === undefined
      ? model !== undefined && { model }
      : { architectures: [readHuggingFaceConfig(modelConfig, model)] }),
    ...(workload !== undefined && { workload }),
    ...(tp !== undefined && { tp }),
    ...(hardware !== undefined && { hardware }),
    ...(blockSize !== undefined && { blockSize }),
  };
}
