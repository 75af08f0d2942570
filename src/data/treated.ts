import type { Experiment } from './dataset.ts';
import { idleOption, TREATMENTS } from './idle-option.ts';
import type { ImportOptions } from './import-options.ts';
import { lagEvidence } from './signal/lag.ts';
import type { Treatment } from './treatment.ts';

type TreatmentOptions = Pick<ImportOptions, keyof Treatment>;

/**
 * Experiments with the treatment that the options ask for; what these leave open stays as it is.
 *
 * @param source for errors.
 * @throws UserError where a treatment is asked for and nothing has step records.
 */
export function treated(
  experiments: readonly Experiment[],
  options: ImportOptions,
  source: string,
): readonly Experiment[] {
  const given = TREATMENTS.filter((name) => options[name] !== undefined);
  if (given.length === 0) return experiments;
  if (experiments.every(({ steps }) => steps === undefined)) {
    throw idleOption(source, given[0]!, 'no step records in it');
  }
  return experiments.map((experiment) => withTreatment(experiment, treatmentOf(options, experiment)));
}

/** An experiment that was just read, with the lag that its records show, unless the options say one. */
export function withLag(experiment: Experiment, options: TreatmentOptions): Experiment {
  if (options.lag !== undefined) return experiment;
  return withTreatment(experiment, treatmentOf({ lag: 'auto' }, experiment));
}

/** What the options say, over what held before. */
function treatmentOf(options: TreatmentOptions, experiment: Experiment): Treatment {
  const { treatment = {} } = experiment;
  const { keepIdle = treatment.keepIdle, dropWarmup = treatment.dropWarmup } = options;
  const { dropOutliers = treatment.dropOutliers } = options;
  const lag = options.lag === 'auto' ? decidedLag(experiment) : (options.lag ?? treatment.lag);
  return {
    ...(lag === 1 && { lag }),
    ...(keepIdle === true && { keepIdle }),
    ...(dropWarmup !== undefined && dropWarmup > 0 && { dropWarmup }),
    ...(dropOutliers !== undefined && { dropOutliers }),
  };
}

/** The lag that the records show; the batch of a step explains its cycle unless they tell otherwise. */
function decidedLag({ steps, engines }: Experiment): 0 | 1 {
  return steps !== undefined && lagEvidence(steps, engines).verdict === 'batch before' ? 1 : 0;
}

/** An experiment without step records has no treatment, and a treatment where all defaults hold is none. */
function withTreatment(experiment: Experiment, treatment: Treatment): Experiment {
  const { treatment: _before, ...rest } = experiment;
  return rest.steps === undefined || Object.keys(treatment).length === 0 ? rest : { ...rest, treatment };
}
