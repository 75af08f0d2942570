import { buildTable } from '../data/index.ts';
import { readTemplates } from '../llm/index.ts';
import { createRandom } from '../numeric/index.ts';
import { findProgram, readState } from '../run/index.ts';
import { createSelector, type KindName, previewPrompt, TEMPLATE_NAMES } from '../search/index.ts';
import { taskOf } from './open-operators.ts';
import { print, printJson } from './output.ts';
import { datasetOf, resolveRunAndProgram } from './workspace.ts';

const CHILDREN_PER_CALL = 4;

/** `evolve prompt [RUN] [PROGRAM]`: the exact texts that a model would be sent to change a program. */
export async function promptCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly kind: KindName; readonly prompts?: string; readonly json: boolean },
): Promise<void> {
  const { run, id } = resolveRunAndProgram(first, second);
  const { config } = run;
  const { state } = readState(run);
  const program = findProgram(run, state, id);
  const dataset = await datasetOf(run);
  const settings = config.llm?.settings;
  const templates =
    settings === undefined || options.prompts !== undefined
      ? readTemplates(TEMPLATE_NAMES, options.prompts)
      : settings.templates;
  const preview = previewPrompt(
    program,
    createSelector(state.archive, program.origin.island),
    createRandom(config.search.seed).split('prompt', program.id, options.kind),
    {
      kind: options.kind,
      settings: { templates, childrenPerCall: settings?.childrenPerCall ?? CHILDREN_PER_CALL },
      attempts: state.attempts['llm'] ?? [],
      table: buildTable(dataset, { target: config.target, splits: ['train'] }),
      caps: config.search.caps,
      task: taskOf(config),
    },
  );
  if (options.json) printJson({ program: program.id, kind: options.kind, ...preview });
  else print(`${preview.system.trimEnd()}\n\n${preview.prompt.trimEnd()}`);
}
