import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withFile } from '../../base/index.ts';

/** `traces.json`, a rotated `traces-<time>.json`, and either packed. */
const TRACE_FILE = /^traces(?:-[\w.:-]+?)?\.jsonl?(?:\.gz|\.zst)?$/;
/** The file exporter puts the time of rotation behind the name, e.g. `-2022-09-14T05-02-14.173`. */
const ROTATED = /^(.+)-\d{4}-\d\d-\d\dT[\d.:-]+$/;
const JSON_FILE = /\.jsonl?(?:\.gz|\.zst)?$/;
const ENDING = /\.\w+(?:\.(?:gz|zst))?$/;

/**
 * The trace files of an experiment's folder: the rotated ones in the order of their times, then the one that was written last.
 *
 * @throws UserError where the folder cannot be read.
 */
export function traceFiles(folder: string): readonly string[] {
  return inOrder(
    folder,
    namesIn(folder).filter((name) => TRACE_FILE.test(name)),
  );
}

/** The file and those that were rotated from it or beside it, in the order of their times. */
export function traceGroup(path: string): readonly string[] {
  const folder = dirname(path);
  const stem = stemOf(path);
  const names = namesIn(folder).filter((name) => stemOf(name) === stem && JSON_FILE.test(name));
  return names.some(isRotated) ? inOrder(folder, names) : [path];
}

function namesIn(folder: string): readonly string[] {
  return withFile(folder, () => readdirSync(folder));
}

/** The name of a file without endings and the time of its rotation. */
export function stemOf(path: string): string {
  const name = basename(path).replace(ENDING, '');
  return ROTATED.exec(name)?.[1] ?? name;
}

function isRotated(name: string): boolean {
  return ROTATED.test(name.replace(ENDING, ''));
}

function inOrder(folder: string, names: readonly string[]): readonly string[] {
  const isEarlier = (name: string): boolean => isRotated(name) || name.startsWith('traces-');
  return [...names]
    .sort((a, b) => Number(isEarlier(b)) - Number(isEarlier(a)) || (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}
