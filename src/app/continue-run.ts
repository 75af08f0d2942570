import { resolve } from 'node:path';
import { UserError } from '../base/index.ts';
import { createRun, freeRunDirectory, readState, type Run, runFiles, type RunConfig } from '../run/index.ts';
import type { RunDocument } from './documents.ts';
import { workOn, type WorkOptions } from './work.ts';
import { datasetOf } from './workspace.ts';

/**
 * Continues a run that was interrupted, to the same archive that an uninterrupted run gives.
 *
 * @throws UserError where its data is gone or changed, or another process works on it.
 */
export async function resumeRun(run: Run, options: WorkOptions = {}): Promise<RunDocument> {
  return workOn(run, await datasetOf(run), options);
}

/** Where a repeated run goes. */
export interface ReplayOptions extends WorkOptions {
  /** Folder of runs. */
  readonly runs: string;
  /** Absent or empty; default: a free one below `runs`. */
  readonly directory?: string;
}

/**
 * Repeats a run in a new directory, with its frozen configuration, from its stored replies: without network or key. A run that
 * did not come to its end is repeated as far as it came.
 *
 * @throws UserError where the run has no language model, or not one generation
 */
export async function replayRun(recorded: Run, options: ReplayOptions): Promise<RunDocument> {
  const { llm } = recorded.config;
  if (llm === undefined) {
    throw new UserError({
      code: 'app.nothing-to-replay',
      place: { file: recorded.directory },
      problem: 'no language model took part, so there is nothing to replay',
      mend: 'run it again with the same seed: the result is the same',
    });
  }
  const { generation, stopped } = readState(recorded).state;
  if (generation < 0) {
    throw new UserError({
      code: 'app.nothing-stored',
      place: { file: recorded.directory },
      problem: 'no generation is stored',
      mend: 'continue the run',
    });
  }
  const config: RunConfig = {
    ...recorded.config,
    llm: { ...llm, replay: llm.replay ?? resolve(runFiles(recorded.directory).cassette) },
  };
  const run = createRun(options.directory ?? freeRunDirectory(options.runs, config), config);
  // An unfinished run is not ended by its replay: the end does more than the last generation.
  const end = stopped === null ? { lastGeneration: generation } : stopped === 'time' ? { timeUpAt: generation } : {};
  return workOn(run, await datasetOf(recorded), options, end);
}
