import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Dataset, demoDataset, loadDataset } from '../data/index.ts';
import { UserError } from '../base/index.ts';
import { latestRun, openRun, type Run } from '../run/index.ts';

/** Where runs are kept, below the working directory. */
export const RUNS = 'runs';

/** What a run on the embedded demo data remembers; a folder is remembered by its absolute path, so it is never this. */
const DEMO = 'demo';

/** The dataset in a folder; the embedded demo data where no folder is given. */
export function openDataset(folder: string | undefined): Promise<Dataset> {
  return folder === undefined ? demoDataset() : loadDataset(folder);
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
    throw new UserError(
      `${source}: the data of ${run.directory} is not there any more`,
      'put it back, or start a new run on other data',
    );
  }
  const dataset = await openDataset(source === DEMO ? undefined : source);
  if (dataset.hash === hash) return dataset;
  throw new UserError(
    `${source}: not the data that ${run.directory} was made on (hash ${dataset.hash.slice(0, 12)}, not ${hash.slice(0, 12)})`,
    'import the original data again, or start a new run on this data',
  );
}

/** How a later command can name a run: by its name where it lies below `runs/`, by its directory elsewhere. */
export function nameOf({ directory, name }: Run): string {
  return resolve(dirname(directory)) === resolve(RUNS) ? name : directory;
}

/** The run in a directory, or of a name below `runs/`; the newest where none is named. */
export function resolveRun(name: string | undefined): Run {
  if (name === undefined) return latestRun(RUNS);
  const below = join(RUNS, name);
  return openRun(!existsSync(name) && existsSync(below) ? below : name);
}

/** `[RUN] [PROGRAM]`: a single word is a run where there is such a directory, and a program of the newest run otherwise. */
export function resolveRunAndProgram(
  first: string | undefined,
  second: string | undefined,
): { readonly run: Run; readonly id: string | undefined } {
  const isProgram = first !== undefined && second === undefined && !existsSync(first) && !existsSync(join(RUNS, first));
  if (!isProgram) return { run: resolveRun(first), id: second };
  if (!/^[0-9a-f]{1,64}$/.test(first)) {
    throw new UserError(
      `${first}: neither a run nor a program id`,
      'name a run directory, or an id that `evolve frontier` lists',
    );
  }
  return { run: latestRun(RUNS), id: first };
}
