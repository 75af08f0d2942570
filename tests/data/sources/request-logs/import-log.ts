import type { Experiment } from '../../../../src/data/dataset.ts';
import { importDataset } from '../../../../src/data/index.ts';
import type { ImportOptions } from '../../../../src/data/import/import-options.ts';
import { REQUEST_COLUMN_NAMES, type RequestColumn } from '../../../../src/data/requests.ts';
import { temporaryFolder } from '../../../temporary-folder.ts';
import { SAMPLE_OPTIONS, type Sample, writeSample } from '../samples.ts';

/** What an import gives, and what it says, without the paths. */
export interface Imported {
  readonly experiments: readonly Experiment[];
  readonly notes: readonly string[];
}

/** Imports a log that is made for a test. */
export async function importLog(
  files: Sample['files'],
  source: string = Object.keys(files)[0]!,
  options: ImportOptions = SAMPLE_OPTIONS,
): Promise<Imported> {
  const path = writeSample({ files, source }, temporaryFolder());
  const notes: string[] = [];
  const { experiments } = await importDataset(path, {
    ...options,
    onNote: (line) => notes.push(line.slice(line.indexOf(': ') + 2)),
  });
  return { experiments, notes };
}

/** The columns of a log that hold anything, as arrays. */
export function filled({ requests }: Experiment): Partial<Record<RequestColumn, readonly number[]>> {
  return Object.fromEntries(
    REQUEST_COLUMN_NAMES.filter((name) => requests![name].some((cell) => !Number.isNaN(cell))).map((name) => [
      name,
      [...requests![name]],
    ]),
  );
}

/** When the tokens of each request came. */
export function tokenTimes({ requests }: Experiment): readonly (readonly number[])[] | undefined {
  const times = requests!.tokenTimes;
  return (
    times &&
    Array.from({ length: times.offsets.length - 1 }, (_, row) =>
      Array.from(times.us.subarray(times.offsets[row], times.offsets[row + 1])),
    )
  );
}
