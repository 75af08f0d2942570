import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

/** The built command line, as a user starts it. */
export const BIN: string = resolve(import.meta.dirname, '../../bin/evolve.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end in `cwd`. */
export function evolve(cwd: string, ...args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { cwd, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

/** Runs one command that must succeed, and reads the JSON document on its stdout. */
export function evolveJson<T>(cwd: string, ...args: readonly string[]): T {
  const outcome = evolve(cwd, ...args, '--json');
  if (outcome.code !== 0) throw new Error(`evolve ${args.join(' ')} failed with ${outcome.code}: ${outcome.stderr}`);
  return JSON.parse(outcome.stdout) as T;
}

/** Starts a command and kills it with SIGKILL, so that nothing in it can tidy up, as soon as its progress shows `pattern`. */
export function evolveKilledAt(
  cwd: string,
  pattern: RegExp,
  ...args: readonly string[]
): Promise<NodeJS.Signals | null> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let progress = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      progress += text;
      if (pattern.test(progress)) child.kill('SIGKILL');
    });
    child.on('error', fail);
    child.on('exit', (_, signal) => done(signal));
  });
}

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'evolve-e2e-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
