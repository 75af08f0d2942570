import { demoDataset, describeDataset, saveDataset } from '../data/index.ts';
import { describeText } from './data-text.ts';
import { note, print, printJson } from './output.ts';

/** `evolve data demo --out DIR`. */
export async function dataDemoCommand(options: { readonly out: string; readonly json: boolean }): Promise<void> {
  const dataset = await demoDataset();
  saveDataset(dataset, options.out);
  const description = describeDataset(dataset);
  if (options.json) printJson(description);
  else print(describeText(dataset.source, description));
  note(`written to ${options.out}`);
}
