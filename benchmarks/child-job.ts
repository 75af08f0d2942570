import { spawn } from 'node:child_process';
import { WORKER_OPTIONS } from '../src/evaluate/worker-process.ts';

const MINUTE_MS = 60_000;

/**
 * Runs a script of ours on a job, each as one JSON text, in a process of its own. A process that ends without an answer is a failure,
 * whatever its exit code.
 *
 * @param timeoutMs beyond a minute to start in
 * @returns what it printed, or why there is nothing
 */
export async function childJob<T>(
  script: string,
  job: object,
  timeoutMs: number,
): Promise<{ readonly outcome: T } | { readonly failure: string }> {
  const child = spawn(process.execPath, [...WORKER_OPTIONS, '--import', 'tsx', script, JSON.stringify(job)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MINUTE_MS + timeoutMs,
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
    return { outcome: JSON.parse(output) as T };
  } catch {
    const why = complaint.split('\n').find((line) => /error/i.test(line)) ?? '';
    return { failure: `${end} ${why.trim()}`.trim() };
  }
}
