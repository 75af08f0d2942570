import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { withFile } from './file-error.ts';

/**
 * Replaces a file as a whole: at any moment, also after a power cut, a reader sees the old text or the new one. A link is
 * followed; what is no regular file, such as a pipe, cannot be replaced and is written to.
 *
 * @param suffix of the file that takes its place, `.tmp` by default; of one that several processes may write, another for each.
 * @throws UserError that names the file where it cannot be written; what was there before stays.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, suffix: string = '.tmp'): void {
  withFile(path, () => {
    const present = statSync(path, { throwIfNoEntry: false });
    if (present !== undefined && !present.isFile() && !present.isDirectory()) {
      writeFileSync(path, content);
      return;
    }
    const target = present === undefined ? path : realpathSync(path);
    const temporary = `${target}${suffix}`;
    try {
      writeSynced(temporary, content);
      renameSync(temporary, target);
    } catch (error) {
      // On a full disk the part that was written takes the room that others need.
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(dirname(target));
  });
}

/**
 * Adds to the end of a file, which is made where there is none; on the disk when it returns.
 *
 * @throws UserError that names the file where it cannot be written.
 */
export function appendToFile(path: string, text: string): void {
  withFile(path, () => {
    const handle = openSync(path, 'a');
    try {
      appendFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  });
}

/** Makes a folder and those above it. @throws UserError where that is not possible. */
export function makeFolder(path: string): void {
  withFile(path, () => mkdirSync(path, { recursive: true }));
}

/** Writes a file and waits until it is on the disk. */
export function writeSynced(path: string, content: string | Uint8Array): void {
  const handle = openSync(path, 'w');
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Some file systems cannot sync a folder, or not for everybody. */
const NOT_SUPPORTED: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES', 'EISDIR']);

/** Makes a rename or a new file in a folder last through a power cut, where the system allows it. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  try {
    const handle = openSync(folder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (!NOT_SUPPORTED.has(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
