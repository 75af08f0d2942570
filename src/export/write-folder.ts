import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../numeric/index.ts';
import type { ExportFile } from './types.ts';

/** Lists the files of an export; its presence marks a folder that a later export may replace. */
export const MANIFEST = 'export.json';
const FORMAT = 'evolve-go';
const MANIFEST_SCHEMA = z.object({ format: z.literal(FORMAT), files: z.array(z.string()) });

/**
 * Writes an export as a whole or not at all: into a folder beside the target that is renamed at the end.
 *
 * @param about goes into the manifest, after the format.
 * @returns paths inside the folder, sorted.
 * @throws UserError where the target is not absent, empty or an earlier export without other files, or cannot be written.
 */
export function writeExport(
  dir: string,
  files: readonly ExportFile[],
  about: Readonly<Record<string, unknown>>,
): readonly string[] {
  const target = existsSync(dir) ? realpathSync(dir) : resolve(dir);
  checkTarget(target, dir);
  const paths = [...files.map(({ path }) => path), MANIFEST].sort();
  const manifest = `${JSON.stringify({ format: FORMAT, ...about, files: paths }, null, 2)}\n`;
  try {
    mkdirSync(dirname(target), { recursive: true });
    const temporary = join(dirname(target), `.${basename(target)}-${randomUUID()}`);
    try {
      for (const { path, content } of [...files, { path: MANIFEST, content: manifest }]) {
        mkdirSync(dirname(join(temporary, path)), { recursive: true });
        writeFileSync(join(temporary, path), content);
      }
      replace(target, temporary);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${dir}: cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      'Check the path and its permissions.',
    );
  }
  return paths;
}

function checkTarget(target: string, shown: string): void {
  if (!existsSync(target)) return;
  if (!statSync(target).isDirectory())
    throw new UserError(`${shown}: is a file, not a folder`, 'Give a folder for the export.');
  const present = listFiles(target);
  if (present.length === 0) return;
  const own = exportedFiles(target);
  const foreign = present.find((path) => own?.includes(path) !== true);
  if (own !== undefined && foreign === undefined) return;
  throw new UserError(
    own === undefined
      ? `${shown}: is not empty and holds no earlier export`
      : `${shown}: holds ${foreign}, which no export wrote and which would be lost`,
    own === undefined ? 'Give a new or an empty folder.' : `Move it away, or give a new folder.`,
  );
}

/** The files that an earlier export listed, or undefined where there was none. */
function exportedFiles(target: string): readonly string[] | undefined {
  try {
    return MANIFEST_SCHEMA.parse(JSON.parse(readFileSync(join(target, MANIFEST), 'utf8'))).files;
  } catch {
    return undefined;
  }
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** Puts the new folder in place; the old one comes back if that fails. */
function replace(target: string, temporary: string): void {
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
