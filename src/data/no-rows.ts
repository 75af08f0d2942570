import { UserError } from '../base/index.ts';
import { isRecorded, STEP_COLUMNS } from '../physics/index.ts';
import type { Dataset, StepTarget } from './dataset.ts';
import { TARGET_COLUMNS } from './target.ts';

const CYCLES =
  'The target `cycle` needs records of consecutive steps with their starts: trace more of them, or use the target `duration`';

/** The error of a dataset that has no row to fit for a target. */
export function noRows({ source, experiments }: Dataset, target: StepTarget): UserError {
  const steps = experiments.flatMap((experiment) => experiment.steps ?? []);
  const column = TARGET_COLUMNS[target];
  const isMissing = steps.length > 0 && !steps.some((columns) => isRecorded(columns, column));
  const reason = isMissing ? `: \`${STEP_COLUMNS[column]}\` was not recorded` : '';
  const duration = isMissing
    ? { code: 'data.no-durations' as const, mend: 'Use the target `cycle`, or import data with durations' }
    : { code: 'data.no-steps' as const, mend: 'Import data with step records' };
  return new UserError({
    ...(target === 'cycle' ? { code: 'data.no-cycles', mend: CYCLES } : duration),
    place: { file: source },
    problem: `no experiment has training rows for the target \`${target}\`${reason}`,
  });
}
