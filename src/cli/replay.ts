import { resolve } from 'node:path';
import { UserError } from '../base/index.ts';
import { createRun, freeRunDirectory, readState, runFiles, type RunConfig } from '../run/index.ts';
import { carryOn } from './carry-on.ts';
import { datasetOf, resolveRun, RUNS } from './workspace.ts';

const REPLAY_FLAGS: ReadonlySet<string> = new Set(['--replay', '--jobs', '--json', '--out']);

/**
 * `evolve run --replay RUN`: repeats a run in a new directory, with its frozen configuration, from its stored replies. A run
 * that did not come to its end is repeated as far as it came.
 *
 * @throws UserError where the run has no language model, or not one generation
 */
export async function replayRun(
  name: string,
  options: { readonly jobs: number; readonly json: boolean; readonly out?: string },
  explicit: readonly string[],
): Promise<void> {
  const other = explicit.find((flag) => !REPLAY_FLAGS.has(flag));
  if (other !== undefined) {
    throw new UserError(`${other} means nothing to --replay: the recorded run decides it`, 'leave it out');
  }
  const recorded = resolveRun(name);
  const { llm } = recorded.config;
  if (llm === undefined) {
    throw new UserError(
      `${recorded.directory}: no language model took part, so there is nothing to replay`,
      'run it again with the same seed: the result is the same',
    );
  }
  const { generation, stopped } = readState(recorded).state;
  if (generation < 0)
    throw new UserError(`${recorded.directory}: no generation is stored`, 'continue it with `evolve resume`');
  const config: RunConfig = {
    ...recorded.config,
    llm: { ...llm, replay: llm.replay ?? resolve(runFiles(recorded.directory).cassette) },
  };
  const run = createRun(options.out ?? freeRunDirectory(RUNS, config), config);
  // An unfinished run is not ended by its replay: the end does more than the last generation.
  const until = stopped === null ? { lastGeneration: generation } : {};
  await carryOn(run, await datasetOf(recorded), { ...options, ...until });
}
