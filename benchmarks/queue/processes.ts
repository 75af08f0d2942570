import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../bin/evolve.js', import.meta.url));

const MOST_SAID = 2000;

/** A command of `evolve` as a process; `within` is a network namespace. */
function startEvolve(args: readonly string[], within?: string): ChildProcess {
  const command = [process.execPath, CLI, ...args];
  const [program, ...rest] = within === undefined ? command : ['ip', 'netns', 'exec', within, ...command];
  return spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A worker that has joined its queue. */
export async function startWorker(url: string, cache: string, jobs = 1, within?: string): Promise<ChildProcess> {
  const worker = startEvolve(['worker', '--queue', url, '--jobs', String(jobs), '--cache', cache], within);
  let said = '';
  await new Promise<void>((resolve, reject) => {
    worker.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-MOST_SAID);
      if (said.startsWith('worker ')) resolve();
    });
    worker.once('exit', () => reject(new Error(`a worker ended before it began: ${said}`)));
  });
  return worker;
}

/** Resolves with the exit code of a process; with null where a signal ended it. */
function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', resolve));
}

/** Ends a process at once. */
export async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await ended(child);
}

/** A run of the demo; answers with its log and how long the command took. */
export async function demoRun(
  directory: string,
  generations: number,
  flags: readonly string[],
  within?: string,
): Promise<{ readonly events: string; readonly seconds: number }> {
  const start = performance.now();
  const length = ['--generations', String(generations), '--seed', '3', '--json'];
  const run = startEvolve(['run', ...length, '--out', directory, ...flags], within);
  let said = '';
  run.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const code = await ended(run);
  if (code !== 0) throw new Error(`a run ended with ${code}: ${said.slice(-500)}`);
  return { events: readFileSync(join(directory, 'events.jsonl'), 'utf8'), seconds: (performance.now() - start) / 1000 };
}
