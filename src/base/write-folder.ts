import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { withFile } from './file-error.ts';
import { StagedFolder } from './staged-folder.ts';
import { UserError } from './user-error.ts';
import { syncFolder, writeSynced } from './write-file.ts';

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

/**
 * Writes a folder as a whole or not at all: beside the target, which is renamed at the end. An earlier folder of the same
 * kind is replaced; one that holds anything else is left alone.
 *
 * @param dir the target; a link is followed.
 * @throws UserError where the target is neither absent, empty nor an earlier one of its kind without other files, or cannot
 *   be written.
 */
export function writeFolderAtomically(dir: string, files: readonly FolderFile[], kind: FolderKind): void {
  const { target, temporary } = placesOf(dir, kind);
  withFile(dir, () => {
    mkdirSync(dirname(target), { recursive: true });
    try {
      writeFiles(temporary, files);
      replaceFolder(target, temporary);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
    syncFolder(dirname(target));
  });
}

/**
 * The same of a folder that is too large to be held in memory.
 *
 * @param build writes the files; where it fails, nothing is left of them.
 */
export async function buildFolderAtomically<T>(
  dir: string,
  kind: FolderKind,
  build: (folder: StagedFolder) => Promise<T>,
): Promise<T> {
  const { target, temporary } = placesOf(dir, kind);
  withFile(dir, () => mkdirSync(dirname(target), { recursive: true }));
  const folder = new StagedFolder(temporary, dir);
  try {
    const built = await build(folder);
    folder.sync();
    withFile(dir, () => replaceFolder(target, temporary));
    withFile(dir, () => syncFolder(dirname(target)));
    return built;
  } finally {
    folder.abandon();
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Where a folder goes, and where it is written until it is whole. */
function placesOf(dir: string, kind: FolderKind): { readonly target: string; readonly temporary: string } {
  const target = existsSync(dir) ? realpathSync(dir) : resolve(dir);
  checkReplaceable(target, dir, kind);
  return { target, temporary: join(dirname(target), `.${basename(target)}-${randomUUID()}`) };
}

function writeFiles(folder: string, files: readonly FolderFile[]): void {
  const folders = new Set([folder]);
  mkdirSync(folder);
  for (const { path, content } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    folders.add(dirname(file));
    writeSynced(file, content);
  }
  for (const each of folders) syncFolder(each);
}

function checkReplaceable(target: string, shown: string, { noun, ownFiles }: FolderKind): void {
  if (!existsSync(target)) return;
  if (!statSync(target).isDirectory())
    throw new UserError({
      code: 'base.not-a-folder',
      place: { file: shown },
      problem: 'is a file, not a folder',
      mend: `Give a folder for the ${noun}`,
    });
  const present = filesIn(target);
  if (present.length === 0) return;
  const own = ownFiles(target);
  if (own === undefined) {
    throw new UserError({
      code: 'base.foreign-folder',
      place: { file: shown },
      problem: `is not empty and holds no earlier ${noun}`,
      mend: 'Give a new or an empty folder',
    });
  }
  const foreign = present.find((path) => !own.includes(path));
  if (foreign !== undefined) {
    throw new UserError({
      code: 'base.foreign-file',
      place: { file: shown },
      problem: `holds ${foreign}, which is no part of the earlier ${noun} and would be lost`,
      mend: 'Move it away, or give a new folder',
    });
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
