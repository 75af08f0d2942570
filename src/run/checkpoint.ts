import { readFileSync, statSync } from 'node:fs';
import { UserError, writeFileAtomically } from '../base/index.ts';
import {
  restoreSnapshot,
  type SearchSettings,
  type SearchSnapshot,
  type SearchState,
  takeSnapshot,
} from '../search/index.ts';
import { contentOf, seal, sha256, unseal } from './checksum.ts';
import { RUN_FORMAT } from './config-schema.ts';
import type { LogPosition } from './event-log.ts';
import type { RunFiles } from './run-files.ts';

interface CheckpointFile {
  readonly format: number;
  /** Length of the log when the snapshot was taken, and its checksum. */
  readonly logBytes: number;
  readonly logChecksum: string;
  readonly snapshot: SearchSnapshot;
}

/** A state and the place in the log that it was read up to. */
export interface Checkpoint {
  readonly log: LogPosition;
  readonly state: SearchState;
}

/** Stores a state between two generations. */
export function writeCheckpoint(path: string, { log, state }: Checkpoint): void {
  const file: CheckpointFile = {
    format: RUN_FORMAT,
    logBytes: log.bytes,
    logChecksum: log.checksum,
    snapshot: takeSnapshot(state),
  };
  const content = contentOf(file);
  writeFileAtomically(path, `${seal(content, sha256(content))}\n`);
}

/** The file as it was written, or undefined where there is none, it is damaged, or another version wrote it. */
function readFile(path: string): CheckpointFile | undefined {
  try {
    const bytes = readFileSync(path);
    const { content, checksum } = unseal(bytes.subarray(0, -1));
    const text = content.toString('utf8');
    if (checksum !== sha256(text)) return undefined;
    const file = JSON.parse(`${text}}`) as CheckpointFile;
    return file.format === RUN_FORMAT ? file : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The stored state, or undefined where there is none that can be used: the log alone then tells the state. Whether it is of
 * this log shows when the log is read up to its place, see `refuseForeign`.
 *
 * @throws UserError where the log is shorter than it was at the checkpoint: it is synced first, so a part of it was lost later.
 */
export function readCheckpoint(
  { checkpoint: path, events }: RunFiles,
  settings: SearchSettings,
): Checkpoint | undefined {
  const file = readFile(path);
  if (file === undefined) return undefined;
  const { logBytes, logChecksum, snapshot } = file;
  const logSize = statSync(events, { throwIfNoEntry: false })?.size ?? 0;
  if (logSize < logBytes) {
    throw new UserError({
      code: 'run.short-log',
      place: { file: events },
      problem: `${logSize} bytes long, but ${path} was written when it had ${logBytes}`,
      mend: 'restore the log from a copy; or remove the checkpoint to go on from what is left of the log',
    });
  }
  return { log: { bytes: logBytes, checksum: logChecksum }, state: restoreSnapshot(settings, snapshot) };
}

/** @throws UserError for a checkpoint that was made from another log than that of the run. */
export function refuseForeign({ checkpoint, events }: RunFiles, line: number): never {
  throw new UserError({
    code: 'run.foreign-checkpoint',
    place: { file: checkpoint, line: 1 },
    problem: `of another log: its checksum is not that of ${events} up to line ${line}`,
    mend: `remove ${checkpoint}: the log alone tells the state`,
  });
}
