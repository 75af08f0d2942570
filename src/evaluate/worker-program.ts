import { type ChildProgram, childProgram } from '../base/index.ts';

/** What an evaluation process runs, and the options of Node that it needs. */
export type WorkerProgram = ChildProgram;

/** The program of the processes of a pool. */
export const WORKER_PROGRAM: WorkerProgram = childProgram('evaluate/worker', import.meta.url);
