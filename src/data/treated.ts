import type { Experiment } from './dataset.ts';
import { idleOption, TREATMENTS } from './idle-option.ts';
import type { ImportOptions } from './import-options.ts';
import type { Treatment } from './treatment.ts';

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
  if (experiments.every(({ steps }) => steps === undefined))
    throw idleOption(source, given[0]!, 'no step records in it');
  const asked = Object.fromEntries(
    given.flatMap((name) => (options[name] === 'auto' ? [] : [[name, options[name]] as const])),
  ) as Treatment;
  if (Object.keys(asked).length === 0) return experiments;
  return experiments.map((experiment) =>
    experiment.steps === undefined ? experiment : { ...experiment, treatment: { ...experiment.treatment, ...asked } },
  );
}
