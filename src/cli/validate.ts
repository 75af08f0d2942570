import { validateProgram } from '../app/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { note, print, printJson } from './output.ts';
import { validationText } from './validate-text.ts';

/** `evolve validate [RUN] [PROGRAM]`: opens the test rows and requests, and says in the run's directory that it did. */
export async function validateCommand(
  first: string | undefined,
  second: string | undefined,
  { jobs, json }: { readonly jobs: number; readonly json: boolean },
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const document = await validateProgram(run, id, { jobs, onNote: note });
  if (json) return printJson(document);
  print(`Test rows and requests of ${run.directory}, program ${document.program}:`);
  print(validationText(document));
  note(`test rows and requests were opened; ${run.directory}/test-access.jsonl records it`);
}
