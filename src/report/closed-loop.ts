import type { Dataset } from '../data/index.ts';
import { fitsInUse, type ProgramLoops, programLoops } from '../evaluate/index.ts';
import type { Run } from '../run/index.ts';
import type { Individual } from '../search/index.ts';

/** A program in closed loop, as a report shows it: validation requests, since a report opens no test rows. */
export interface ClosedLoopReport extends ProgramLoops {
  /** Id of the program. */
  readonly program: string;
  /** Ids of experiments that were left out, to keep the report short. */
  readonly left: readonly string[];
}

/** Experiments that are simulated at most. */
const MOST_EXPERIMENTS = 16;

/**
 * What serves the requests of a dataset with a program of a run; undefined where the data has neither requests nor a load.
 *
 * @param onNote is told when it begins, since it can take some seconds.
 */
export function loopsOf(
  { config }: Pick<Run, 'config'>,
  dataset: Dataset,
  onNote?: (line: string) => void,
): ((individual: Individual) => ClosedLoopReport) | undefined {
  const able = dataset.experiments.filter(({ requests, load }) => requests !== undefined || load !== undefined);
  if (able.length === 0) return undefined;
  const shown = { ...dataset, experiments: able.slice(0, MOST_EXPERIMENTS) };
  const left = able.slice(MOST_EXPERIMENTS).map(({ id }) => id);
  return ({ id, program, evaluation }) => {
    const count = shown.experiments.length;
    onNote?.(`serving the requests of ${count === 1 ? 'one experiment' : `${count} experiments`} with the pick`);
    const { scope, data } = config;
    const inUse = { program, fits: fitsInUse(evaluation), scope, contexts: data.contexts };
    return { program: id, ...programLoops(shown, inUse, 'valid'), left };
  };
}
