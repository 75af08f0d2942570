import { join } from 'node:path';
import type { ChildProgram } from '../src/base/index.ts';

/** In place of src/evaluate/worker-program.ts: from sources a child process takes seconds to load, from the build a third of one. */
export const WORKER_PROGRAM: ChildProgram = {
  path: join(import.meta.dirname, '../dist/evaluate/worker.js'),
  options: [],
};
