import { readPrompt } from '../app/index.ts';
import type { KindName } from '../search/index.ts';
import { runAndProgramOf } from './find-run.ts';
import { print, printJson } from './output.ts';

/** `evolve prompt [RUN] [PROGRAM]`: the exact texts that a model would be sent to change a program. */
export async function promptCommand(
  first: string | undefined,
  second: string | undefined,
  { kind, prompts, json }: { readonly kind: KindName; readonly prompts?: string; readonly json: boolean },
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const document = await readPrompt(run, id, { kind, ...(prompts !== undefined && { prompts }) });
  if (json) printJson(document);
  else print(`${document.system.trimEnd()}\n\n${document.prompt.trimEnd()}`);
}
