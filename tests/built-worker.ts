import { join } from 'node:path';
import type { WorkerProgram } from '../src/evaluate/worker-program.ts';

/** In place of src/evaluate/worker-program.ts: from sources a child process takes seconds to load, from the build a third of one. */
export const WORKER_PROGRAM: WorkerProgram = {
  path: join(import.meta.dirname, '../dist/evaluate/worker.js'),
  options: [],
};
