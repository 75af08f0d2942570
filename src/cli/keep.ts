import { lineageOf, readHistory } from '../report/index.ts';
import { findProgram, readState } from '../run/index.ts';
import { keepProgram } from './hall-of-fame.ts';
import { note as noteLine, print, printJson } from './output.ts';
import { resolveRunAndProgram } from './workspace.ts';

/** `evolve keep [RUN] PROGRAM`. */
export async function keepCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly note?: string; readonly archive: string; readonly replace: boolean; readonly json: boolean },
): Promise<void> {
  const { run, id } = resolveRunAndProgram(first, second);
  const individual = findProgram(run, readState(run).state, id);
  const origin = lineageOf(readHistory(run), individual.id)[0];
  const { note, archive, replace } = options;
  const file = keepProgram(run, individual, {
    archive,
    replace,
    ...(note !== undefined && { note }),
    ...(origin?.operator === 'seed' && { seedProgram: origin.mutation }),
  });
  if (options.json) return printJson({ program: individual.id, file });
  print(file);
  noteLine(`start from it: evolve run --seed-from ${archive}`);
}
