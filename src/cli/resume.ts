import { carryOn } from './carry-on.ts';
import { datasetOf, resolveRun } from './workspace.ts';

/** `evolve resume [RUN]`. */
export async function resumeCommand(
  name: string | undefined,
  options: { readonly jobs: number; readonly json: boolean; readonly maxMinutes?: number },
): Promise<void> {
  const run = resolveRun(name);
  await carryOn(run, await datasetOf(run), options);
}
