import { fileURLToPath } from 'node:url';
import { childJob } from '../child-job.ts';
import type { Job, Outcome, Row } from './outcome.ts';

const SEARCH_PROCESS = fileURLToPath(new URL('./search-process.ts', import.meta.url));

/** A process that takes this many times its CPU time on the clock, and a minute, hangs. */
const OVERTIME = 100;

/** Does a search in a process of its own. */
export async function runJob(job: Job): Promise<Row> {
  return { ...job, ...(await childJob<Outcome>(SEARCH_PROCESS, job, 1000 * OVERTIME * job.seconds)) };
}
