import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../src/run/lock.ts';
import { processStart, START_SOURCES } from '../../src/run/process-start.ts';
import { folderForAll } from '../temporary-folder.ts';

const root = folderForAll();
function unable(): string {
  throw new Error('not on this system');
}
const hasPs = spawnSync('ps', ['-o', 'lstart=', '-p', String(process.pid)]).status === 0;

describe('takeLock', () => {
  it('believes a live process of the same number where start times are not known', () => {
    const path = join(root, 'unknown');
    const holder = { pid: process.pid, host: hostname(), started: '' };
    writeFileSync(path, JSON.stringify(holder));
    expect(() => takeLock(path)).toThrow(`in use by process ${process.pid}`);
    writeFileSync(path, JSON.stringify({ ...holder, pid: 99_999_999 }));
    takeLock(path)();
    expect(existsSync(path)).toBe(false);
  });

  it('leaves a lock of another machine alone', () => {
    const path = join(root, 'elsewhere');
    writeFileSync(path, JSON.stringify({ pid: 1, host: `not-${hostname()}`, started: '1' }));
    expect(() => takeLock(path)).toThrow(`in use by process 1 on not-${hostname()}`);
  });
});

describe('processStart', () => {
  it('asks the next source where one does not know, and is empty where none does', () => {
    expect(processStart(7, [unable, (pid) => `start of ${pid}`])).toBe('start of 7');
    expect(processStart(7, [unable, unable])).toBe('');
  });

  it.runIf(hasPs)('tells a process from a later one by what ps says, where there is no /proc', async () => {
    const ps = START_SOURCES.slice(1);
    const own = processStart(process.pid, ps);
    expect(own).toMatch(/\d\d:\d\d:\d\d/);
    expect(processStart(process.pid, ps)).toBe(own);
    // ps counts in seconds.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const later = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    expect(processStart(later.pid as number, ps)).not.toBe(own);
    later.kill('SIGKILL');
  });
});
