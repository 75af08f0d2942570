import { buildTable } from '../data/index.ts';
import { readTemplates } from '../llm/index.ts';
import { createRandom } from '../numeric/index.ts';
import { diffLines } from '../report/index.ts';
import { findProgram, readState, type Run } from '../run/index.ts';
import { createSelector, type KindName, previewPrompt, TEMPLATE_NAMES } from '../search/index.ts';
import type { PromptDocument } from './documents.ts';
import { taskOf } from './open-operators.ts';
import { datasetOf } from './workspace.ts';

const CHILDREN_PER_CALL = 4;

/** Which prompt is shown. */
export interface PromptOptions {
  /** What the prompt asks for; default `structural`. */
  readonly kind?: KindName;
  /** Folder with templates to try in place of those of the run. */
  readonly prompts?: string;
}

/**
 * The exact texts that a language model would be sent to change a program of a run.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, or its data is gone.
 */
export async function readPrompt(
  run: Run,
  id?: string,
  { kind = 'structural', prompts }: PromptOptions = {},
): Promise<PromptDocument> {
  const { config } = run;
  const { state } = readState(run);
  const program = findProgram(run, state, id);
  const dataset = await datasetOf(run);
  const settings = config.llm?.settings;
  const templates =
    settings === undefined || prompts !== undefined ? readTemplates(TEMPLATE_NAMES, prompts) : settings.templates;
  const preview = previewPrompt(
    program,
    createSelector(state.archive, program.origin.island),
    createRandom(config.search.seed).split('prompt', program.id, kind),
    {
      kind,
      settings: { templates, childrenPerCall: settings?.childrenPerCall ?? CHILDREN_PER_CALL },
      attempts: state.attempts['llm'] ?? [],
      generation: state.generation + 1,
      table: buildTable(dataset, { target: config.target, splits: ['train'] }),
      caps: config.search.caps,
      task: taskOf(config),
    },
  );
  return { program: program.id, kind, ...preview };
}

/**
 * The texts for one program of a run, with how they differ from those for another.
 *
 * @param from id of the other, as in `readProgram`
 * @throws UserError as `readPrompt` does
 */
export async function diffPrompts(
  run: Run,
  from: string,
  id: string,
  options: PromptOptions = {},
): Promise<PromptDocument> {
  const [before, after] = [await readPrompt(run, from, options), await readPrompt(run, id, options)];
  return { ...after, change: { from: before.program, parts: diffLines(textOf(before), textOf(after)) } };
}

function textOf({ system, prompt }: PromptDocument): string {
  return `${system.trimEnd()}\n\n${prompt.trimEnd()}\n`;
}
