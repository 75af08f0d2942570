import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `traces.json`, a rotated `traces-<time>.json`, and either packed. */
const TRACE_FILE = /^traces(?:-[\w.:-]+?)?\.jsonl?(?:\.gz|\.zst)?$/;

/** The trace files of an experiment's folder: the rotated ones in the order of their times, then the one that was written last. */
export function traceFiles(folder: string): readonly string[] {
  const isRotated = (name: string): boolean => name.startsWith('traces-');
  return readdirSync(folder)
    .filter((name) => TRACE_FILE.test(name))
    .sort((a, b) => Number(isRotated(b)) - Number(isRotated(a)) || (a < b ? -1 : 1))
    .map((name) => join(folder, name));
}
