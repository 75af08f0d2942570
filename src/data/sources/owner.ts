import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { withFile } from '../../base/index.ts';
import { fileHead } from '../files/file-head.ts';
import { recognisedFormat } from './formats.ts';

/** A log lies beside what belongs to it, among few others. */
const MOST_SIBLINGS = 100;

/** The file beside this one that it belongs to, e.g. the log of requests of a file of settings; undefined where there is none. */
export async function ownerOf(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const names = withFile(folder, () => readdirSync(folder)).sort();
  for (const sibling of names.slice(0, MOST_SIBLINGS).map((name) => join(folder, name))) {
    if (!(statSync(sibling, { throwIfNoEntry: false })?.isFile() ?? false)) continue;
    const companions = recognisedFormat(await fileHead(sibling))?.companions?.(sibling) ?? [];
    if (companions.some((companion) => resolve(companion) === resolve(path))) return sibling;
  }
  return undefined;
}
