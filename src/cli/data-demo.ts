import { describeData, writeDemoData } from '../app/index.ts';
import { describeText } from './data-text.ts';
import { note, print, printJson } from './output.ts';

/** `evolve data demo --out DIR`. */
export async function dataDemoCommand(options: { readonly out: string; readonly json: boolean }): Promise<void> {
  const dataset = await writeDemoData(options.out);
  const description = describeData(dataset);
  if (options.json) printJson(description);
  else print(describeText(dataset.source, description));
  note(`written to ${options.out}`);
}
