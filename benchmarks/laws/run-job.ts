import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { WORKER_OPTIONS } from '../../src/evaluate/worker-process.ts';
import type { Job, Outcome, Row } from './outcome.ts';

const SEARCH_PROCESS = fileURLToPath(new URL('./search-process.ts', import.meta.url));

/** A process that takes this many times its CPU time on the clock, and a minute, hangs. */
const OVERTIME = 100;
const MINUTE_MS = 60_000;

/** Does a search in a process of its own. A process that ends without an outcome is a failure, whatever its exit code. */
export async function runJob(job: Job): Promise<Row> {
  const child = spawn(process.execPath, [...WORKER_OPTIONS, '--import', 'tsx', SEARCH_PROCESS, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MINUTE_MS + 1000 * OVERTIME * job.seconds,
    killSignal: 'SIGKILL',
  });
  const stop = (): boolean => child.kill();
  process.on('exit', stop);
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const end = await new Promise<string>((resolve) => {
    child.on('error', ({ message }) => resolve(message));
    child.on('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  process.off('exit', stop);
  try {
    return { ...job, outcome: JSON.parse(output) as Outcome };
  } catch {
    const why = complaint.split('\n').find((line) => /error/i.test(line)) ?? '';
    return { ...job, failure: `${end} ${why.trim()}`.trim() };
  }
}
