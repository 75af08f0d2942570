import { UserError } from '../base/index.ts';
import { buildTable, type Dataset, type TargetName } from '../data/index.ts';
import {
  createPool,
  DEFAULT_EVALUATE_SETTINGS,
  type Evaluator,
  type ExperimentMetrics,
  type GroupFit,
  type ObjectiveName,
  type Scope,
} from '../evaluate/index.ts';
import type { Program } from '../program/index.ts';
import { readProgramText } from './seeds.ts';

/** How a program is scored. */
export interface ScoreOptions {
  /** Its constants by group of experiments, e.g. of a kept program; default: they are fitted on the training rows. */
  readonly constantsByGroup?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** What it predicts; default `cycle`. */
  readonly target?: TargetName;
  /** What constants are fitted for; default `e2e`. */
  readonly objective?: ObjectiveName;
  /** Which experiments share constants; default `model`. */
  readonly scope?: Scope;
}

/** Errors of a program on a dataset. */
export interface ProgramScore {
  readonly constantsByGroup: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Training rows. */
  readonly experiments: readonly ExperimentMetrics[];
  /** Validation rows. */
  readonly validationExperiments: readonly ExperimentMetrics[];
}

/**
 * Scores a program on a dataset, with constants that it has or fitted anew. Test rows stay closed.
 *
 * @param source the program's text.
 * @throws UserError where it is no program, cannot be evaluated on the data, or lacks constants for a group of experiments.
 */
export async function scoreProgram(
  source: string,
  dataset: Dataset,
  { constantsByGroup, target = 'cycle', objective = 'e2e', scope = 'model' }: ScoreOptions = {},
): Promise<ProgramScore> {
  const program = readProgramText('the program', source);
  const table = buildTable(dataset, { target, splits: ['train', 'valid'] });
  const evaluator = await createPool(table, { ...DEFAULT_EVALUATE_SETTINGS, objective, scope, jobs: 1 });
  try {
    const fits = constantsByGroup === undefined ? await fit(evaluator, program) : fitsOf(constantsByGroup);
    return {
      constantsByGroup: Object.fromEntries(fits.map(({ group, constants }) => [group, constants])),
      experiments: await evaluator.score(program, fits, 'train'),
      validationExperiments: await evaluator.score(program, fits, 'valid'),
    };
  } finally {
    await evaluator.close();
  }
}

async function fit(evaluator: Evaluator, program: Program): Promise<readonly GroupFit[]> {
  const [evaluation] = await evaluator.evaluate([{ program, stream: ['score'] }]);
  if (evaluation?.status === 'ok') return evaluation.fits;
  throw new UserError({
    code: 'app.not-scored',
    problem: `the program cannot be scored (${evaluation?.reason ?? 'no answer'}: ${evaluation?.detail ?? ''})`,
    mend: 'mend the program, or give other data',
  });
}

function fitsOf(constantsByGroup: NonNullable<ScoreOptions['constantsByGroup']>): readonly GroupFit[] {
  return Object.entries(constantsByGroup).map(([group, constants]) => ({ group, constants, standardErrors: {} }));
}
