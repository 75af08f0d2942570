import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { UserError, writeFileAtomically } from '../base/index.ts';
import {
  restoreSnapshot,
  type SearchSettings,
  type SearchSnapshot,
  type SearchState,
  takeSnapshot,
} from '../search/index.ts';
import { RUN_FORMAT } from './config.ts';

interface CheckpointFile {
  readonly format: number;
  /** Length of the log when the snapshot was taken. */
  readonly logBytes: number;
  readonly snapshot: SearchSnapshot;
}

/** A state and the length of the log that it is the fold of. */
export interface Checkpoint {
  readonly logBytes: number;
  readonly state: SearchState;
}

/** Stores a committed state. */
export const writeCheckpoint = (path: string, { logBytes, state }: Checkpoint): void => {
  const file: CheckpointFile = { format: RUN_FORMAT, logBytes, snapshot: takeSnapshot(state) };
  writeFileAtomically(path, `${JSON.stringify(file)}\n`);
};

/** Whether the log has a commit of `generation` that ends at `end`. */
const commitsAt = (logPath: string, end: number, generation: number): boolean => {
  const mark = Buffer.from(`{"type":"generation","generation":${generation},`);
  const tail = Buffer.alloc(Math.min(end, mark.length + 64));
  let handle: number | undefined;
  try {
    handle = openSync(logPath, 'r');
    if (readSync(handle, tail, 0, tail.length, end - tail.length) < tail.length) return false;
  } catch {
    return false;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
  return tail.lastIndexOf(mark) > tail.lastIndexOf('\n', -2) && tail.at(-1) === 0x0a;
};

const readFile = (path: string): CheckpointFile | undefined => {
  try {
    const file = JSON.parse(readFileSync(path, 'utf8')) as CheckpointFile;
    return file.format === RUN_FORMAT ? file : undefined;
  } catch {
    return undefined;
  }
};

/**
 * The stored state, or undefined where there is none that fits the log: the log alone then tells the state.
 *
 * @throws UserError where the log is shorter than it was at the checkpoint: it is synced first, so a part of it was lost later.
 */
export const readCheckpoint = (path: string, logPath: string, settings: SearchSettings): Checkpoint | undefined => {
  const file = readFile(path);
  if (file === undefined) return undefined;
  const { logBytes, snapshot } = file;
  const logSize = statSync(logPath, { throwIfNoEntry: false })?.size ?? 0;
  if (logSize < logBytes) {
    throw new UserError({
      code: 'run.short-log',
      place: { file: logPath },
      problem: `${logSize} bytes long, but ${path} was written when it had ${logBytes}`,
      mend: 'restore the log from a copy; or remove the checkpoint to go on from what is left of the log',
    });
  }
  if (!commitsAt(logPath, logBytes, snapshot.generation)) return undefined;
  try {
    return { logBytes, state: restoreSnapshot(settings, snapshot) };
  } catch {
    return undefined;
  }
};
