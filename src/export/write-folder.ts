import { join } from 'node:path';
import { z } from 'zod';
import { readJsonIfAny, writeFolderAtomically } from '../base/index.ts';
import type { ExportFile } from './types.ts';

/** Lists the files of an export; its presence marks a folder that a later export may replace. */
const MANIFEST = 'export.json';
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
  const paths = [...files.map(({ path }) => path), MANIFEST].sort();
  const manifest = `${JSON.stringify({ format: FORMAT, ...about, files: paths }, null, 2)}\n`;
  writeFolderAtomically(dir, [...files, { path: MANIFEST, content: manifest }], {
    noun: 'export',
    ownFiles: exportedFiles,
  });
  return paths;
}

/** Whether a folder holds an export. */
export function isExport(folder: string): boolean {
  return exportedFiles(folder) !== undefined;
}

/** The files that an earlier export listed, or undefined where there was none. */
function exportedFiles(folder: string): readonly string[] | undefined {
  return readJsonIfAny(join(folder, MANIFEST), MANIFEST_SCHEMA)?.files;
}
