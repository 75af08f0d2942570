import { spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Documents } from '../../src/app/documents.ts';
import { schemaProblems } from '../schemas/validator.ts';

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

/** Runs one command that must succeed, and reads the JSON document on its stdout, which its schema must allow. */
export function evolveJson<T>(cwd: string, ...args: readonly string[]): T {
  const outcome = evolve(cwd, ...args, '--json');
  if (outcome.code !== 0) throw new Error(`evolve ${args.join(' ')} failed with ${outcome.code}: ${outcome.stderr}`);
  return checkedDocument(args, outcome.stdout) as T;
}

/**
 * Reads the document that a command printed under `--json`.
 *
 * @throws Error where the published schema of the command does not allow it.
 */
export function checkedDocument(args: readonly string[], stdout: string): unknown {
  const document: unknown = JSON.parse(stdout);
  const command = documentedCommand(args);
  const problems = schemaProblems(command, document);
  if (problems.length > 0) {
    throw new Error(`evolve ${args.join(' ')}: not a document of \`${command}\`:\n${problems.join('\n')}`);
  }
  return document;
}

/** The command whose document some arguments ask for; independent runs end with their comparison. */
function documentedCommand([first = '', second = '', ...others]: readonly string[]): keyof Documents {
  const words = first === 'data' || first === 'queue' ? `${first} ${second}` : first;
  return (words === 'run' && [second, ...others].includes('--seeds') ? 'compare' : words) as keyof Documents;
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
