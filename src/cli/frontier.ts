import { readFrontier, readRun } from '../app/index.ts';
import { frontCsv, kneeOf } from '../report/index.ts';
import { RUNS, runOf } from './find-run.ts';
import { frontPlotText, frontierText } from './frontier-text.ts';
import { operatorTables } from './llm-text.ts';
import { print, printJson } from './output.ts';

/** `evolve frontier [RUN]`. */
export async function frontierCommand(
  name: string | undefined,
  options: { readonly json: boolean; readonly csv: boolean },
): Promise<void> {
  const run = runOf(name);
  const entries = readFrontier(run);
  if (options.json) return printJson(entries);
  const { best, objective, scope, generations, operators, llm } = readRun(run, RUNS);
  if (options.csv) return print(frontCsv(entries, best?.id, kneeOf(entries)?.id));
  const target = run.config.data.table?.target.header ?? run.config.target;
  print(`${run.directory}: ${target} target, ${objective} objective, scope ${scope}, generation ${generations}\n`);
  print(frontierText(entries, best?.id, objective));
  const plot = frontPlotText(entries, best?.id);
  if (plot !== '') print(`\n${plot}`);
  const tables = operatorTables(operators, llm);
  if (tables !== '') print(`\n${tables}`);
}
