import { UserError } from '../../base/index.ts';
import { architecture, checkDeployment, spreadOf } from '../../physics/index.ts';
import type { LeftOutPoints } from '../points/left-out.ts';
import type { RunRecords } from '../sources/source.ts';
import type { ImportOptions } from './import-options.ts';

/** Runs that can be made experiments of, and points of those that cannot. */
interface UsableRuns {
  readonly runs: readonly RunRecords[];
  readonly leftOut: readonly LeftOutPoints[];
}

/**
 * Leaves out runs of serving points whose model is not known, or cannot be spread as they say: a table of points has many models, and
 * some names of checkpoints alone. Other runs are refused later for either.
 *
 * @throws UserError where no model of any is known.
 */
export function usableRuns(runs: readonly RunRecords[], options: ImportOptions): UsableRuns {
  const leftOut: LeftOutPoints[] = [];
  const unknown = new Set<string>();
  const usable = runs.flatMap((run): readonly RunRecords[] => {
    const { points, model, baseModel, leftOut: ofFile, ...facts } = run;
    if (ofFile !== undefined) leftOut.push(ofFile);
    if (points === undefined || model === undefined) return [run];
    const count = points.clients.length;
    const servedModel = [model, ...(baseModel === undefined ? [] : [baseModel])].find((name) => isKnown(name, options));
    if (servedModel === undefined) {
      unknown.add(model);
      leftOut.push({ 'unknown-model': count });
      return [];
    }
    if (!isPossible(run, servedModel, options)) {
      leftOut.push({ 'impossible-deployment': count });
      return [];
    }
    return [{ ...facts, points, model, servedModel }];
  });
  const [first] = unknown;
  if (usable.length === 0 && first !== undefined) architecture(first, options.architectures);
  for (const model of unknown) options.onNote?.(`the model \`${model}\` is not known: its points are left out`);
  return { runs: usable, leftOut };
}

function isKnown(model: string, { architectures }: ImportOptions): boolean {
  return holds(() => architecture(model, architectures));
}

function isPossible({ tp = 1, settings }: RunRecords, model: string, { architectures }: ImportOptions): boolean {
  const served = architecture(model, architectures);
  return holds(() => checkDeployment(served, { tensorParallelism: tp, ...spreadOf(settings, served, tp) }));
}

function holds(look: () => void): boolean {
  try {
    look();
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
