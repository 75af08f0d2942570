import { type DataOptions, describeData, importData } from '../app/index.ts';
import { describeText } from './data-text.ts';
import { note, print, printJson } from './output.ts';

interface ImportFlags extends Omit<DataOptions, 'folder' | 'onNote'> {
  readonly out: string;
  readonly json: boolean;
}

/** `evolve data import SRC… --out DIR`. */
export async function dataImportCommand(
  sources: readonly string[],
  { out, json, ...options }: ImportFlags,
): Promise<void> {
  const dataset = await importData(sources, { ...options, folder: out, onNote: note });
  const description = describeData(dataset);
  if (json) printJson(description);
  else print(describeText(dataset.source, description));
  note(`written to ${out}`);
}
