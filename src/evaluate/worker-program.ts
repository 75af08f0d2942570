import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile } from '../base/index.ts';

/** What an evaluation process runs, and the options of Node that it needs. */
export interface WorkerProgram {
  readonly path: string;
  readonly options: readonly string[];
}

/** The built one; from sources their own, with the loader that the parent has, as Node cannot run TypeScript itself. */
export const WORKER_PROGRAM: WorkerProgram =
  extname(import.meta.url) === '.ts'
    ? {
        path: join(import.meta.dirname, 'worker.ts'),
        options: ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href],
      }
    : { path: packageFile('dist/evaluate/worker.js'), options: [] };
