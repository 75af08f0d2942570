import { spawn, spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { BIN } from './evolve.ts';

/** What one command prints on stdout under some environment variables; stdout is no terminal. */
export function stdoutUnder(environment: NodeJS.ProcessEnv, cwd: string, ...args: readonly string[]): string {
  return spawnSync(process.execPath, [BIN, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  }).stdout;
}

/** A command that goes on. */
export interface Started {
  /** The part of its output, stdout or stderr, that matches; waits until there is one. */
  seen(pattern: RegExp): Promise<string>;
  /** Its exit code. */
  ended(): Promise<number | null>;
  stop(signal?: 'SIGINT' | 'SIGTERM'): void;
}

/** Starts a command; it is stopped when the test is over. */
export function startEvolve(cwd: string, ...args: readonly string[]): Started {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  const waiting = new Set<() => void>();
  const collect = (text: string): void => {
    output += text;
    for (const look of waiting) look();
  };
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const exit = new Promise<number | null>((done) => child.on('exit', done));
  return {
    seen: (pattern) =>
      new Promise((done, fail) => {
        const look = (): void => {
          const found = pattern.exec(output)?.[0];
          if (found === undefined) return;
          waiting.delete(look);
          done(found);
        };
        waiting.add(look);
        look();
        void exit.then((code) => fail(new Error(`it ended with ${code} before ${String(pattern)}: ${output}`)));
      }),
    ended: () => exit,
    stop: (signal = 'SIGINT') => {
      child.kill(signal);
    },
  };
}
