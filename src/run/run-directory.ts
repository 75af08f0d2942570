import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolder, UserError, writeFileAtomically } from '../base/index.ts';
import { applyEvent, initialState, type SearchEvent, type SearchState } from '../search/index.ts';
import { readCheckpoint } from './checkpoint.ts';
import { readConfig, type RunConfig } from './config.ts';
import { readGenerations } from './event-log.ts';
import { type RunFiles, runFiles } from './layout.ts';
import { readSeconds } from './timing.ts';

/** A run on disk. */
export interface Run {
  /** Name of the directory. */
  readonly name: string;
  readonly directory: string;
  readonly config: RunConfig;
  readonly files: RunFiles;
}

/** Opens the run in a directory. @throws UserError where it is not a run directory. */
export const openRun = (directory: string): Run => {
  if (!existsSync(directory)) {
    throw new UserError({
      code: 'run.no-directory',
      place: { file: directory },
      problem: 'no such directory',
      mend: 'name the directory of a run',
    });
  }
  const files = runFiles(directory);
  return { name: basename(directory), directory, config: readConfig(files.config), files };
};

/**
 * A free directory for a run below `root`: `<target>-seed<seed>`, with a number behind it where that is taken.
 */
export const freeRunDirectory = (root: string, { target, search }: Pick<RunConfig, 'target' | 'search'>): string => {
  const name = `${target}-seed${search.seed}`;
  for (let n = 1; ; n++) {
    const directory = join(root, n === 1 ? name : `${name}-${n}`);
    if (!existsSync(directory)) return directory;
  }
};

/**
 * Makes a run directory and freezes the configuration in it.
 *
 * @throws UserError where the directory has something in it already.
 */
export const createRun = (directory: string, config: RunConfig): Run => {
  makeFolder(directory);
  if (readdirSync(directory).length > 0) {
    throw new UserError({
      code: 'run.not-empty',
      place: { file: directory },
      problem: 'not empty',
      mend: 'name a new directory, or continue the run in it',
    });
  }
  writeFileAtomically(runFiles(directory).config, `${JSON.stringify(config, null, 2)}\n`);
  return openRun(directory);
};

/**
 * The run below `root` that was made last.
 *
 * @throws UserError where there is none.
 */
export const latestRun = (root: string): Run => {
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
};

/** A run's state on disk and how long the committed part of its log is. */
export interface StoredState {
  readonly state: SearchState;
  readonly logBytes: number;
}

const fold = (state: SearchState, event: SearchEvent, path: string, byte: number): SearchState => {
  try {
    return applyEvent(state, event);
  } catch (error) {
    throw new UserError({
      code: 'run.broken-log',
      place: { file: path },
      problem: `the event at byte ${byte} does not follow from those before it (${(error as Error).message})`,
      mend: 'restore the file from a copy, or start a new run with the same configuration',
    });
  }
};

/** Removes the directory of a run in which nothing is committed, so that a failed start leaves nothing behind. */
export const discardUncommitted = (run: Run): void => {
  if (readState(run).state.generation < 0) rmSync(run.directory, { recursive: true });
};

/** Folds a run's log, from the checkpoint on where there is one. Reads only; a run may be going on meanwhile. */
export const readState = ({ config, files }: Run): StoredState => {
  const checkpoint = readCheckpoint(files.checkpoint, files.events, config.search);
  let state = checkpoint?.state ?? initialState(config.search);
  let logBytes = checkpoint?.logBytes ?? 0;
  for (const generation of readGenerations(files.events, logBytes)) {
    for (const { event, end } of generation) {
      state = fold(state, event, files.events, logBytes);
      logBytes = end;
    }
  }
  return { state, logBytes };
};

/** Seconds that a run has taken so far. */
export const secondsOf = ({ files }: Run): number => readSeconds(files.timing);
