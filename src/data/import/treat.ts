import type { Experiment } from '../dataset.ts';
import type { ImportOptions } from './import-options.ts';
import { lagEvidence } from '../signal/lag.ts';
import type { Treatment } from '../treatment.ts';

type TreatmentOptions = Pick<ImportOptions, 'lag' | 'keepIdle' | 'dropWarmup' | 'dropOutliers'>;

/** Whether any of the options says how records are treated. */
export function saysTreatment({ lag, keepIdle, dropWarmup, dropOutliers }: ImportOptions): boolean {
  return [lag, keepIdle, dropWarmup, dropOutliers].some((option) => option !== undefined);
}

/** How the records of an experiment are treated: as the options say, else as before; undefined where all defaults hold. */
function treatmentOf(options: TreatmentOptions, experiment: Experiment): Treatment | undefined {
  const { lag: lagBefore, ...before } = experiment.treatment ?? {};
  const { keepIdle, dropWarmup, dropOutliers } = options;
  const treatment: Treatment = {
    ...before,
    ...(lagOf(options, experiment, lagBefore) === 1 && { lag: 1 }),
    ...(keepIdle !== undefined && { keepIdle }),
    ...(dropWarmup !== undefined && { dropWarmup }),
    ...(dropOutliers !== undefined && { dropOutliers }),
  };
  return Object.keys(treatment).length === 0 ? undefined : treatment;
}

function lagOf({ lag = 'auto' }: TreatmentOptions, { steps, engines }: Experiment, before: 0 | 1 | undefined): 0 | 1 {
  if (lag !== 'auto') return lag;
  if (before !== undefined) return before;
  return steps !== undefined && lagEvidence(steps, engines).verdict === 'batch before' ? 1 : 0;
}

/** The experiment with the treatment that the options say; an experiment without step records has none. */
export function withTreatment(experiment: Experiment, options: TreatmentOptions): Experiment {
  const { treatment: _replaced, ...rest } = experiment;
  const treatment = experiment.steps && treatmentOf(options, experiment);
  return { ...rest, ...(treatment && { treatment }) };
}
