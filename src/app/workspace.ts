import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UserError } from '../base/index.ts';
import { type Dataset, loadDataset, replayedDemo } from '../data/index.ts';
import { latestRun, openRun, type Run, runFiles } from '../run/index.ts';

/** What a run on the embedded demo data remembers; a folder is remembered by its absolute path, so it is never this. */
const DEMO = 'demo';

/** The dataset in a folder; the embedded demo data where no folder is given. */
export function openDataset(folder?: string): Promise<Dataset> {
  return folder === undefined ? replayedDemo() : loadDataset(folder);
}

/** What a run remembers of where its data came from, so that a later command finds it from any working directory. */
export function sourceOf(folder: string | undefined): string {
  return folder === undefined ? DEMO : resolve(folder);
}

/**
 * The data that a run was made on.
 *
 * @throws UserError where it is gone or is not the same any more.
 */
export async function datasetOf(run: Run): Promise<Dataset> {
  const { source, hash } = run.config.data;
  if (source !== DEMO && !existsSync(source)) {
    throw new UserError({
      code: 'app.data-gone',
      place: { file: source },
      problem: `the data of ${run.directory} is not there any more`,
      mend: 'put it back, or start a new run on other data',
    });
  }
  const dataset = await openDataset(source === DEMO ? undefined : source);
  if (dataset.hash === hash) return dataset;
  throw new UserError({
    code: 'app.data-changed',
    place: { file: source },
    problem: `not the data that ${run.directory} was made on (hash ${dataset.hash.slice(0, 12)}, not ${hash.slice(0, 12)})`,
    mend: 'import the original data again, or start a new run on this data',
  });
}

/**
 * The data of a run, or undefined where it is gone: a report still shows all that the run stored.
 *
 * @param onMissing is told why there is none.
 */
export async function datasetIfThere(
  run: Run,
  onMissing: ((why: UserError) => void) | undefined,
): Promise<Dataset | undefined> {
  try {
    return await datasetOf(run);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    onMissing?.(error);
    return undefined;
  }
}

/** How a later command can name a run: by its name where it lies below the folder of runs, by its directory elsewhere. */
export function nameOf({ directory, name }: Run, runs: string | undefined): string {
  return runs !== undefined && resolve(dirname(directory)) === resolve(runs) ? name : directory;
}

/**
 * The run in a directory, or of a name below the folder of runs; the newest below it where none is named.
 *
 * @throws UserError where there is none.
 */
export function findRun(runs: string, name?: string): Run {
  if (name === undefined) return latestRun(runs);
  const below = join(runs, name);
  return openRun(!existsSync(name) && existsSync(below) ? below : name);
}

/** The runs below a folder, the newest first, and before them `first` wherever it lies. Of equal names the first one stays. */
export function listRuns(runs: string, first?: Run): readonly Run[] {
  const below = existsSync(runs)
    ? readdirSync(runs)
        .map((name) => join(runs, name))
        .filter((directory) => existsSync(runFiles(directory).config))
        .map((directory) => ({ directory, madeAt: statSync(runFiles(directory).config).mtimeMs }))
        .toSorted((a, b) => b.madeAt - a.madeAt)
    : [];
  const listed = new Map<string, Run>(first === undefined ? [] : [[first.name, first]]);
  for (const { directory } of below) {
    if (first !== undefined && resolve(directory) === resolve(first.directory)) continue;
    try {
      const run = openRun(directory);
      if (!listed.has(run.name)) listed.set(run.name, run);
    } catch (error) {
      // A directory that is broken must not hide the others.
      if (!(error instanceof UserError)) throw error;
    }
  }
  return [...listed.values()];
}
