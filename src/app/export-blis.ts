import { blisPatch, type BlisPatchOptions, writeBlisPatch } from '../export/index.ts';
import type { Run } from '../run/index.ts';
import type { ExportDocument } from './documents.ts';
import { exportInput } from './export-program.ts';

/** How a program becomes a backend of a simulator. */
export interface BlisExportOptions extends BlisPatchOptions {
  /** Folder for the patch and the files that it makes: absent, empty, or an earlier export. Default: none, the document holds the patch. */
  readonly dir?: string;
  /** Also a program that fails a gate; the README in the patch says which and why. Default false. */
  readonly force?: boolean;
}

/**
 * Makes a program of a run a latency backend of the simulator BLIS: one patch against a source tree of it, with the parity test.
 *
 * @param id as in `readProgram`.
 * @throws UserError as `exportProgram`, and where the folder is no source tree of the simulator or one of a shape that is not known;
 * nothing is written then.
 */
export async function exportBlisPatch(
  run: Run,
  id: string | undefined,
  { dir, force = false, ...options }: BlisExportOptions,
): Promise<ExportDocument> {
  const { input, about } = await exportInput(run, id, force);
  const made = blisPatch(input, options);
  const { backend, flag, commit, paths, patch } = made;
  const files = dir === undefined ? [] : writeBlisPatch(dir, made);
  return {
    ...about,
    dir: dir ?? '',
    files,
    blis: { backend, flag, commit, paths, patch: dir === undefined ? patch : null },
  };
}
