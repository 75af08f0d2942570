import { resumeRun } from '../app/index.ts';
import { runOf } from './find-run.ts';
import { type WorkFlags, workAndTell } from './work.ts';

/** `evolve resume [RUN]`. */
export async function resumeCommand(name: string | undefined, flags: WorkFlags): Promise<void> {
  const run = runOf(name);
  await workAndTell(flags, (work) => resumeRun(run, work));
}
