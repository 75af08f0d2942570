import { keepProgram } from '../app/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note as noteLine, print, printJson } from './output.ts';

/** `evolve keep [RUN] PROGRAM`. */
export async function keepCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly note?: string; readonly archive: string; readonly replace: boolean; readonly json: boolean },
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const { note, archive, replace, json } = options;
  const document = keepProgram(run, id, { archive, replace, ...(note !== undefined && { note }) });
  if (json) return printJson(document);
  print(document.file);
  noteLine(`start from it: evolve run --seed-from ${archive}`);
}
