import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { UserError } from './user-error.ts';

/** A file to write: its path inside a folder, with `/`, and its content. */
export interface FolderFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** What a folder holds, so that it replaces only its own kind. */
export interface FolderKind {
  /** For error messages: `dataset`, `export`. */
  readonly noun: string;
  /** Paths inside an earlier folder of this kind, or undefined where the folder is of no such kind. */
  readonly ownFiles: (folder: string) => readonly string[] | undefined;
}

/** Replaces a file as a whole: at any moment, also after a power cut, a reader sees the old text or the new one. */
export function writeFileAtomically(path: string, text: string): void {
  const temporary = `${path}.tmp`;
  const handle = openSync(temporary, 'w');
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, path);
  syncDirectory(dirname(path));
}

/**
 * Writes a folder as a whole or not at all: beside the target, which is renamed at the end. An earlier folder of the same
 * kind is replaced; one that holds anything else is left alone.
 *
 * @param dir the target; a link is followed.
 * @throws UserError where the target is neither absent, empty nor an earlier one of its kind without other files, or cannot
 *   be written.
 */
export function writeFolderAtomically(dir: string, files: readonly FolderFile[], kind: FolderKind): void {
  const target = existsSync(dir) ? realpathSync(dir) : resolve(dir);
  checkReplaceable(target, dir, kind);
  try {
    mkdirSync(dirname(target), { recursive: true });
    const temporary = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
    try {
      for (const { path, content } of files) {
        mkdirSync(dirname(join(temporary, path)), { recursive: true });
        writeFileSync(join(temporary, path), content);
      }
      replaceFolder(target, temporary);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  } catch (error) {
    throw new UserError(
      `${dir}: cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path and its permissions.',
    );
  }
}

function checkReplaceable(target: string, shown: string, { noun, ownFiles }: FolderKind): void {
  if (!existsSync(target)) return;
  if (!statSync(target).isDirectory())
    throw new UserError(`${shown}: is a file, not a folder`, `Give a folder for the ${noun}.`);
  const present = filesIn(target);
  if (present.length === 0) return;
  const own = ownFiles(target);
  if (own === undefined) {
    throw new UserError(`${shown}: is not empty and holds no earlier ${noun}`, 'Give a new or an empty folder.');
  }
  const foreign = present.find((path) => !own.includes(path));
  if (foreign !== undefined) {
    throw new UserError(
      `${shown}: holds ${foreign}, which is no part of the earlier ${noun} and would be lost`,
      'Move it away, or give a new folder.',
    );
  }
}

/** Paths of all files below a folder, sorted. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** Puts the new folder in place; the old one comes back if that fails. */
function replaceFolder(target: string, temporary: string): void {
  if (!existsSync(target)) {
    renameSync(temporary, target);
    return;
  }
  const old = `${temporary}-old`;
  renameSync(target, old);
  try {
    renameSync(temporary, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Makes a rename or a new file in a directory last through a power cut, where the system allows it. */
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
