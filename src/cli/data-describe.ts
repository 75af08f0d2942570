import { describeData, openDataset } from '../app/index.ts';
import { describeText } from './data-text.ts';
import { print, printJson } from './output.ts';

/** `evolve data describe [DIR]`. */
export async function dataDescribeCommand(
  directory: string | undefined,
  options: { readonly json: boolean },
): Promise<void> {
  const dataset = await openDataset(directory);
  const description = describeData(dataset);
  if (options.json) printJson(description);
  else print(describeText(dataset.source, description));
}
