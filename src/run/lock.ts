import { closeSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { UserError, withFile } from '../base/index.ts';
import { processStart } from './process-start.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one of the same number; empty where the system does not say. */
  readonly started: string;
}

function self(): Holder {
  return { pid: process.pid, host: hostname(), started: processStart(process.pid) };
}

function isAlive(holder: Holder): boolean {
  // Another machine's processes cannot be asked; it keeps what it holds.
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const started = processStart(holder.pid);
  // Where the system does not say, a process of that number is taken for the holder.
  return holder.started === '' || started === '' || started === holder.started;
}

function readHolder(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Holder;
    return { pid, host, started };
  } catch {
    return undefined;
  }
}

function tryCreate(path: string): boolean {
  try {
    const handle = openSync(path, 'wx');
    try {
      writeSync(handle, JSON.stringify(self()));
    } finally {
      closeSync(handle);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const ATTEMPTS = 5;

/**
 * Takes the lock of a run and answers how to give it back. A lock whose process is gone is taken over.
 *
 * @throws UserError where another process holds it.
 */
export function takeLock(path: string): () => void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (withFile(path, () => tryCreate(path))) return () => rmSync(path, { force: true });
    const text = readIfThere(path);
    if (text === undefined) continue;
    const holder = readHolder(text);
    if (holder !== undefined && isAlive(holder)) {
      throw new UserError({
        code: 'run.in-use',
        place: { file: path },
        problem: `the run is in use by process ${holder.pid} on ${holder.host}`,
        mend: 'wait until it ends, or stop it and resume the run',
      });
    }
    // Moved aside first: of two processes that find the same stale lock, one moves it and the other finds it gone or new.
    const aside = `${path}.stale-${process.pid}`;
    try {
      renameSync(path, aside);
    } catch {
      continue;
    }
    if (readIfThere(aside) === text) rmSync(aside, { force: true });
    else renameSync(aside, path);
  }
  throw new UserError({
    code: 'run.contended-lock',
    place: { file: path },
    problem: 'the lock keeps changing hands',
    mend: 'make sure that one process at a time works on the run',
  });
}
