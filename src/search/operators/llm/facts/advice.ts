import type { RegressionTable } from '../../../../data/index.ts';
import { floorInUse, groupOf } from '../../../../evaluate/index.ts';
import type { Individual } from '../../../individual.ts';
import { weakConstants } from '../../../weak-constants.ts';
import type { Task } from '../settings.ts';
import { ERROR_OF, shortNames, worstExperiments } from './experiments.ts';

/** What the state of the search and of the program to be changed calls for; each part is absent where there is no cause. */
export interface Advice {
  /** Generations since the lowest error came. */
  readonly stagnation?: number;
  /** Batches that nobody measured which are predicted below the floor, or too flat. */
  readonly floor?: { readonly broken: number; readonly batches: number };
  /** The experiment that is far worse than the others. */
  readonly outlier?: string;
  /** The group that all of the worst experiments are of. */
  readonly group?: string;
  /** Constants that no group of the data tells from 0. */
  readonly weak?: string;
  /** Rows that were held out are predicted clearly worse. How much is not told: validation rows choose, they do not drive. */
  readonly gap?: true;
}

/** A few generations without a lower error are usual. */
const STAGNANT = 5;
/** How many times the second worst experiment's error. */
const OUTLIER = 2;
const WORST = 3;
/** How many times the error on training rows, and how many percentage points above. */
const GAP = 1.5;
const GAP_POINTS = 1;

/** What to tell of a program beyond its figures, by their state. */
export function adviceFor(parent: Individual, table: RegressionTable, task: Task, sinceBest: number): Advice {
  const { evaluation } = parent;
  const experiments = worstExperiments(parent, task);
  const [worst, second] = experiments;
  const errorOf = ERROR_OF[task.objective];
  const floor = floorInUse(evaluation);
  const broken = (floor?.violations ?? 0) + (floor?.shortRises ?? 0);
  const isOutlier =
    worst !== undefined && second !== undefined && errorOf(worst) > OUTLIER * errorOf(second) && errorOf(worst) > 1;
  const group = groupOfWorst(experiments.slice(0, WORST), table, task);
  const weak = weakConstants(parent).map(({ name }) => name);
  const { error, validationError } = evaluation;
  return {
    ...(sinceBest >= STAGNANT && { stagnation: sinceBest }),
    ...(floor !== undefined && broken > 0 && { floor: { broken, batches: floor.batches + floor.rises } }),
    ...(isOutlier && { outlier: shortNames(experiments.map(({ id }) => id))(worst.id) }),
    ...(!isOutlier && group !== undefined && { group }),
    ...(weak.length > 0 && { weak: weak.join(', ') }),
    ...(validationError > GAP * error && validationError > error + GAP_POINTS && { gap: true }),
  };
}

/** The group of some experiments; undefined where they are of several, or all rows are of one. */
function groupOfWorst(
  worst: readonly { readonly id: string }[],
  { experiments }: RegressionTable,
  { scope }: Task,
): string | undefined {
  if (worst.length < WORST || new Set(experiments.map((each) => groupOf(each, scope))).size < 2) return undefined;
  const groups = new Set(
    worst.map((metrics) => {
      const experiment = experiments.find(({ id }) => id === metrics.id);
      return experiment && groupOf(experiment, scope);
    }),
  );
  return groups.size === 1 ? [...groups][0] : undefined;
}
