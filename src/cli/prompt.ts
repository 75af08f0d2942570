import { diffPrompts, readPrompt } from '../app/index.ts';
import type { DiffPart } from '../report/index.ts';
import type { KindName } from '../search/index.ts';
import { colours } from './colours.ts';
import { runAndProgramOf } from './find-run.ts';
import { print, printJson } from './output.ts';
import { UsageError } from './usage-error.ts';

interface PromptCommandOptions {
  readonly kind: KindName;
  readonly prompts?: string;
  readonly diff?: readonly string[];
  readonly json: boolean;
}

/** `evolve prompt [RUN] [PROGRAM]`: the exact texts that a model would be sent to change a program, or how those for two differ. */
export async function promptCommand(
  first: string | undefined,
  second: string | undefined,
  { kind, prompts, diff, json }: PromptCommandOptions,
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const options = { kind, ...(prompts !== undefined && { prompts }) };
  if (diff !== undefined) {
    const [before, after, ...more] = diff;
    if (before === undefined || after === undefined || more.length > 0 || id !== undefined) {
      throw new UsageError('--diff compares two programs', 'Name a run first: evolve prompt runs/mine --diff A B.');
    }
    const document = await diffPrompts(run, before, after, options);
    return json ? printJson(document) : print(changedLines(document.change?.parts ?? []));
  }
  const document = await readPrompt(run, id, options);
  if (json) printJson(document);
  else print(`${document.system.trimEnd()}\n\n${document.prompt.trimEnd()}`);
}

/** Lines around a change. */
const CONTEXT = 2;

/** Changed lines with their marks as in a unified diff, and some lines around them. */
export function changedLines(parts: readonly DiffPart[]): string {
  if (parts.every(({ kind }) => kind === 'same')) return 'the prompts are the same';
  const { green, red } = colours();
  const write: { readonly [K in DiffPart['kind']]: (line: string) => string } = {
    same: (line) => `  ${line}`.trimEnd(),
    added: (line) => green(`+ ${line}`),
    removed: (line) => red(`- ${line}`),
  };
  return parts
    .flatMap(({ kind, text }, at) => {
      const lines = text.replace(/\n$/, '').split('\n');
      if (kind !== 'same') return lines.map(write[kind]);
      const head = at === 0 ? 0 : CONTEXT;
      const tail = at === parts.length - 1 ? 0 : CONTEXT;
      if (lines.length <= head + tail + 1) return lines.map(write.same);
      const left = lines.length - head - tail;
      return [
        ...lines.slice(0, head).map(write.same),
        `  … ${left} lines`,
        ...lines.slice(lines.length - tail).map(write.same),
      ];
    })
    .join('\n');
}
