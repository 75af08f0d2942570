import { join } from 'node:path';
import type { ChildProgram } from '../src/base/index.ts';

function built(name: string): ChildProgram {
  return { path: join(import.meta.dirname, `../dist/app/${name}.js`), options: [] };
}

/* In place of src/app/job-programs.ts, as built-worker.ts is of the program of evaluation processes. */

/** The built program of a search. */
export const SEARCH_PROGRAM: ChildProgram = built('search-process');

/** The built program of a predictor. */
export const CONTESTANT_PROGRAM: ChildProgram = built('contestant-process');
