import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolder, UserError, writeFileAtomically } from '../base/index.ts';
import type { RunConfig } from './config-schema.ts';
import { checkConfig, readConfig } from './config.ts';
import { type RunFiles, runFiles } from './run-files.ts';
import { readSeconds } from './timing.ts';

/** A run on disk. */
export interface Run {
  /** Name of the directory. */
  readonly name: string;
  readonly directory: string;
  readonly config: RunConfig;
  /** Of all in the configuration that decides what a run does; the checksums of its log start from it. */
  readonly configChecksum: string;
  readonly files: RunFiles;
}

/** Opens the run in a directory. @throws UserError where it is not a run directory. */
export function openRun(directory: string): Run {
  if (!existsSync(directory)) {
    throw new UserError({
      code: 'run.no-directory',
      place: { file: directory },
      problem: 'no such directory',
      mend: 'name the directory of a run',
    });
  }
  const files = runFiles(directory);
  return { name: basename(directory), directory, ...readConfig(files.config), files };
}

/**
 * A free directory for a run below `root`: `<target>-seed<seed>`, with a number behind it where that is taken.
 */
export function freeRunDirectory(root: string, { target, search }: Pick<RunConfig, 'target' | 'search'>): string {
  const name = `${target}-seed${search.seed}`;
  for (let n = 1; ; n++) {
    const directory = join(root, n === 1 ? name : `${name}-${n}`);
    if (!existsSync(directory)) return directory;
  }
}

/** Throws a UserError where a run's directory is none, or has something in it already; makes nothing. */
export function refuseUsedDirectory(directory: string): void {
  if (!existsSync(directory)) return;
  makeFolder(directory);
  if (readdirSync(directory).length === 0) return;
  throw new UserError({
    code: 'run.not-empty',
    place: { file: directory },
    problem: 'not empty',
    mend: 'name a new directory, or continue the run in it',
  });
}

/**
 * Makes a run directory and freezes the configuration in it.
 *
 * @throws UserError where no run can have the configuration, or the directory has something in it already.
 */
export function createRun(directory: string, config: RunConfig): Run {
  checkConfig(config, directory);
  refuseUsedDirectory(directory);
  makeFolder(directory);
  writeFileAtomically(runFiles(directory).config, `${JSON.stringify(config, null, 2)}\n`);
  return openRun(directory);
}

/**
 * The run below `root` that was made last.
 *
 * @throws UserError where there is none.
 */
export function latestRun(root: string): Run {
  const made = existsSync(root)
    ? readdirSync(root)
        .map((name) => join(root, name))
        .filter((directory) => existsSync(runFiles(directory).config))
        .map((directory) => ({ directory, madeAt: statSync(runFiles(directory).config).mtimeMs }))
        .sort((a, b) => b.madeAt - a.madeAt || (a.directory < b.directory ? 1 : -1))
    : [];
  const newest = made[0];
  if (newest === undefined) {
    throw new UserError({
      code: 'run.no-run',
      place: { file: root },
      problem: 'no run in it',
      mend: 'make one, or name its directory',
    });
  }
  return openRun(newest.directory);
}

/** Seconds that a run has taken so far. */
export function secondsOf({ files }: Run): number {
  return readSeconds(files.timing);
}
