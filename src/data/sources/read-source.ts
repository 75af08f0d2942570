import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError, withFile } from '../../base/index.ts';
import { parseExperimentName } from './ground-truth/experiment-name.ts';
import { isGroundTruth, readGroundTruth } from './ground-truth/ground-truth.ts';
import type { ColumnMap } from './tables/column-map.ts';
import { fileHead } from '../files/file-head.ts';
import { FORMATS, formatByExtension, formatByName, recognisedFormat, tableByExtension } from './formats.ts';
import { ownerOf } from './owner.ts';
import type { RunRecords, SourceFormat } from './source.ts';

/** How a source is to be read. */
export interface ReadOptions {
  /** Name of the format of every file. */
  readonly format?: string | undefined;
  /** How tables whose columns have other names or units are read. */
  readonly map?: ColumnMap | undefined;
  readonly onNote?: ((line: string) => void) | undefined;
}

/**
 * The runs in a file or a folder: a ground-truth tree, one file of a known format, or a folder with such files in it or in its
 * folders.
 *
 * @throws UserError where it is none of these or something in it is broken.
 */
export async function readSource(path: string, options: ReadOptions): Promise<readonly RunRecords[]> {
  if (!existsSync(path)) {
    throw new UserError({
      code: 'data.no-source',
      place: { file: path },
      problem: 'no such file or folder',
      mend: 'Check the path',
    });
  }
  if (!isFolder(path)) return readNamedFile(path, options);
  const unknown: string[] = [];
  const runs = await readFolder(path, options, unknown);
  noteUnknown(path, unknown, options);
  if (runs.length > 0) return runs;
  throw new UserError({
    code: 'data.no-experiments',
    place: { file: path },
    problem: 'no experiment folders in it, and no file of a known format',
    mend: 'Give the folder that holds them; an experiment is named YYYYMMDD-HHMMSS-<model>-tp<N>-<workload>',
  });
}

/** A file that the user names is of some format, or refused. */
async function readNamedFile(path: string, options: ReadOptions): Promise<readonly RunRecords[]> {
  if (!isFile(path)) {
    throw new UserError({
      code: 'data.not-a-file',
      place: { file: path },
      problem: 'is neither a file nor a folder, and sources are read more than once',
      mend: 'Save its content as a file, and give that',
    });
  }
  const format = (await formatOf(path, options)) ?? formatByExtension(path);
  if (format !== undefined) return readFile(path, format, options);
  const owner = await ownerOf(path);
  if (owner !== undefined) {
    throw new UserError({
      code: 'data.companion-alone',
      place: { file: path },
      problem: `belongs to ${owner}, and holds no records itself`,
      mend: 'Give that file, or the folder of both',
    });
  }
  throw new UserError({
    code: 'data.unknown-format',
    place: { file: path },
    problem: withFile(path, () => statSync(path)).size === 0 ? 'it is empty' : 'its content is of no known format',
    mend: `Give one of these: ${FORMATS.map(({ name, meaning }) => `${name} (${meaning})`).join('; ')}`,
  });
}

/** Of files that are left out, so many are named; folders may hold thousands that have nothing to do with a run. */
const NAMED_UNKNOWN = 10;

function noteUnknown(folder: string, unknown: readonly string[], { onNote }: ReadOptions): void {
  const named = unknown.slice(0, NAMED_UNKNOWN);
  for (const path of named) onNote?.(`${path}: left out, its content is of no known format`);
  const others = unknown.length - named.length;
  if (others > 0) onNote?.(`${folder}: ${others} more ${others === 1 ? 'file' : 'files'} left out for the same reason`);
}

async function formatOf(path: string, { format, map }: ReadOptions): Promise<SourceFormat | undefined> {
  if (format !== undefined) return formatByName(format);
  return recognisedFormat(await fileHead(path)) ?? (map && tableByExtension(path));
}

function readFile(path: string, { read, mapped }: SourceFormat, { map }: ReadOptions): Promise<readonly RunRecords[]> {
  return map === undefined || mapped === undefined ? read(path) : mapped.read(path, map);
}

/**
 * The runs of a ground-truth tree, or of a folder's files.
 *
 * @param leftOut gets the paths of what is of no known format and belongs to none of them.
 */
async function readFolder(folder: string, options: ReadOptions, leftOut: string[]): Promise<readonly RunRecords[]> {
  const paths = pathsIn(folder);
  const experiments = isExperiment(folder) ? [folder] : paths.filter(isExperiment);
  if (isGroundTruth(folder) && !experiments.some(holdsLogsAlone)) return readGroundTruth(folder, options.onNote);
  const runs: RunRecords[] = [];
  const unknown: string[] = [];
  const companions = new Set<string>();
  for (const path of paths) {
    if (isFolder(path)) {
      runs.push(...(await readFolder(path, options, leftOut)));
      continue;
    }
    // It was read with the one that it belongs to.
    if (companions.has(path)) continue;
    const format = isFile(path) ? await formatOf(path, options) : undefined;
    if (format === undefined) {
      unknown.push(path);
      continue;
    }
    runs.push(...(await readFile(path, format, options)));
    for (const companion of format.companions?.(path) ?? []) companions.add(companion);
  }
  leftOut.push(...unknown.filter((path) => !companions.has(path)));
  return runs;
}

function pathsIn(folder: string): readonly string[] {
  return withFile(folder, () => readdirSync(folder))
    .sort()
    .map((name) => join(folder, name));
}

function isFolder(path: string): boolean {
  return withFile(path, () => statSync(path)).isDirectory();
}

/** No pipe, socket or device: one that nobody writes to would be waited for without an end. */
function isFile(path: string): boolean {
  return withFile(path, () => statSync(path)).isFile();
}

function isExperiment(path: string): boolean {
  return parseExperimentName(basename(resolve(path))) !== undefined;
}

/** What an experiment of a ground-truth tree has in its folder. */
const GROUND_TRUTH = /^(?:traces.*|steps\.parquet|results|exp-config\.yaml|kv_events.*|vllm\.log)$/;

/** Whether a folder has files, but none of a ground-truth tree: logs of a run, kept in a folder that is named like an experiment. */
function holdsLogsAlone(folder: string): boolean {
  if (!isFolder(folder)) return false;
  const paths = pathsIn(folder);
  return paths.some((path) => !isFolder(path)) && !paths.some((path) => GROUND_TRUTH.test(basename(path)));
}
