import { frontier, readState } from '../run/index.ts';
import { pickProgram } from '../search/index.ts';
import { frontierText } from './frontier-text.ts';
import { print, printJson } from './output.ts';
import { resolveRun } from './workspace.ts';

/** `evolve frontier [RUN]`. */
export async function frontierCommand(name: string | undefined, options: { readonly json: boolean }): Promise<void> {
  const run = resolveRun(name);
  const { state } = readState(run);
  const entries = frontier(state);
  if (options.json) return printJson(entries);
  const { target, objective, scope } = run.config;
  print(
    `${run.directory}: ${target} target, ${objective} objective, scope ${scope}, generation ${Math.max(0, state.generation)}\n`,
  );
  print(frontierText(entries, pickProgram(state.archive.front)?.id));
}
