import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findRun } from '../app/index.ts';
import { UserError } from '../base/index.ts';
import type { Run } from '../run/index.ts';

/** Where runs are kept, below the working directory. */
export const RUNS = 'runs';

/** `[RUN]`: a directory or a name below `runs/`; the newest run where none is given. */
export function runOf(name: string | undefined): Run {
  return findRun(RUNS, name);
}

/** `[RUN] [PROGRAM]`: a single word is a run where there is such a directory, and a program of the newest run otherwise. */
export function runAndProgramOf(
  first: string | undefined,
  second: string | undefined,
): { readonly run: Run; readonly id: string | undefined } {
  const isProgram = first !== undefined && second === undefined && !existsSync(first) && !existsSync(join(RUNS, first));
  if (!isProgram) return { run: runOf(first), id: second };
  if (!/^[0-9a-f]{1,64}$/.test(first)) {
    throw new UserError({
      code: 'cli.no-run-or-program',
      problem: `${first}: neither a run nor a program id`,
      mend: 'name a run directory, or an id that `evolve frontier` lists',
    });
  }
  return { run: runOf(undefined), id: first };
}
