import type { Dataset } from '../data/index.ts';
import { UserError } from '../base/index.ts';
import type { Run } from '../run/index.ts';
import { describeError } from './errors.ts';
import { note } from './output.ts';
import { datasetOf } from './workspace.ts';

/** The data of a run, or undefined, with a note, where it is gone: a report still shows all that the run stored. */
export async function datasetIfThere(run: Run): Promise<Dataset | undefined> {
  try {
    return await datasetOf(run);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`figures row by row are left out: ${describeError(error)}`);
    return undefined;
  }
}
