import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What the system says of a process. */
interface ProcessEntry {
  readonly parent: number;
  readonly group: number;
  readonly command: string;
}

/** Programs that start a command of a package, and wait for it by their nature. */
const RUNNER = /(?:^|[\\/])(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bun|bunx)(?:-cli)?(?:\.c?js|\.exe)?$/;
const CHECK_MS = 500;
/** Longest chain of ancestors that is looked at. */
const MOST = 32;

function fromProc(pid: number): ProcessEntry {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold anything; behind it stand state, parent and group.
  const [, parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  return { parent: Number(parent), group: Number(group), command };
}

function fromPs(pid: number): ProcessEntry {
  const line = execFileSync('ps', ['-o', 'ppid=,pgid=,args=', '-p', String(pid)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, parent, group, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)/.exec(line) ?? [];
  return { parent: Number(parent), group: Number(group), command };
}

function entryOf(pid: number): ProcessEntry | undefined {
  for (const read of [fromProc, fromPs]) {
    try {
      return read(pid);
    } catch {
      // The next one.
    }
  }
  return undefined;
}

function isRunner({ command }: ProcessEntry): boolean {
  // A script is the second word: node …/npx-cli.js.
  return command.split(' ', 2).some((word) => RUNNER.test(word));
}

/**
 * The processes from this one up to the farthest package runner (npm, npx, pnpm, yarn, bun) of its process group; empty where none
 * is in it. The rule: a runner waits for what it starts, so that where it is gone first, the command was abandoned. A command that
 * was started in a group of its own (by a shell as a job, by `setsid`, by a service manager) was detached, and is nobody's to end.
 */
export function launcherChain(): readonly number[] {
  const own = entryOf(process.pid);
  const chain = [process.pid];
  let runner = 0;
  for (let entry = own; entry !== undefined && entry.parent > 1 && chain.length < MOST; ) {
    const next = entryOf(entry.parent);
    if (next === undefined || next.group !== own?.group) break;
    chain.push(entry.parent);
    if (isRunner(next)) runner = chain.length;
    entry = next;
  }
  return chain.slice(0, runner);
}

/**
 * Calls `onGone` once when a link of that chain breaks, e.g. because the runner was killed. A parent that is dead has no children any
 * more, whether or not somebody has taken note of its death.
 *
 * @returns ends the watch.
 */
export function watchLauncher(onGone: () => void): () => void {
  const chain = launcherChain();
  if (chain.length === 0) return () => {};
  const timer = setInterval(() => {
    const isWhole = chain.slice(1).every((pid, i) => (i === 0 ? process.ppid : entryOf(chain[i]!)?.parent) === pid);
    if (isWhole) return;
    clearInterval(timer);
    onGone();
  }, CHECK_MS).unref();
  return () => clearInterval(timer);
}
