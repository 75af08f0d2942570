import { frontierCsv, kneeOf } from '../report/index.ts';
import { frontier, llmSummary, operatorSummaries, readState } from '../run/index.ts';
import { pickProgram } from '../search/index.ts';
import { frontierPlotText, frontierText } from './frontier-text.ts';
import { operatorTables } from './llm-text.ts';
import { print, printJson } from './output.ts';
import { resolveRun } from './workspace.ts';

/** `evolve frontier [RUN]`. */
export async function frontierCommand(
  name: string | undefined,
  options: { readonly json: boolean; readonly csv: boolean },
): Promise<void> {
  const run = resolveRun(name);
  const { state } = readState(run);
  const entries = frontier(state);
  if (options.json) return printJson(entries);
  const pick = pickProgram(state.archive.front)?.id;
  if (options.csv) return print(frontierCsv(entries, pick, kneeOf(entries)?.id));
  const { target, objective, scope } = run.config;
  print(
    `${run.directory}: ${target} target, ${objective} objective, scope ${scope}, generation ${Math.max(0, state.generation)}\n`,
  );
  print(frontierText(entries, pick));
  const plot = frontierPlotText(entries, pick);
  if (plot !== '') print(`\n${plot}`);
  const tables = operatorTables(operatorSummaries(state), llmSummary(state));
  if (tables !== '') print(`\n${tables}`);
}
