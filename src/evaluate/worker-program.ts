import { type ChildProgram, childProgram } from '../base/index.ts';

/** The program of the processes of a pool. */
export const WORKER_PROGRAM: ChildProgram = childProgram('evaluate/worker', import.meta.url);
