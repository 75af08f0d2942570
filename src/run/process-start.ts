import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Clock ticks since boot: field 22 of /proc/PID/stat, the 20th after the name in brackets. */
function fromProc(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Date and time to the second: macOS and the BSDs have no /proc. */
function fromPs(pid: number): string {
  const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

/** Ways to learn when a process started, most exact first. */
export const START_SOURCES: readonly ((pid: number) => string)[] = [fromProc, fromPs];

/**
 * When a process started, in words that only compare with each other: it tells a process from a later one of the same number.
 * Empty where the system does not say, as on Windows.
 */
export function processStart(pid: number, sources: readonly ((pid: number) => string)[] = START_SOURCES): string {
  for (const source of sources) {
    try {
      return source(pid);
    } catch {
      // The next one.
    }
  }
  return '';
}
