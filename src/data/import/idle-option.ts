import { UserError } from '../../base/index.ts';
import type { ImportOptions } from './import-options.ts';
import type { Treatment } from '../treatment.ts';

/** An option that says something of the data, or of what is done with them. */
export type Given = Exclude<keyof ImportOptions, 'onNote' | 'strictModel'>;

/** What an option says. */
const OPTIONS: { readonly [O in Given]: string } = {
  model: 'the model',
  workload: 'the workload',
  tp: 'the tensor parallelism',
  hardware: 'the hardware',
  blockSize: 'the block size',
  architectures: 'the model configuration',
  accelerators: 'the hardware configuration',
  server: 'the file on the server',
  format: 'the format',
  map: 'the map of columns',
  dropBad: 'leaving out rows with bad cells',
  lag: 'the lag',
  keepIdle: 'keeping waits and stalls',
  dropWarmup: 'leaving out a warm-up',
  dropOutliers: 'leaving out outliers',
};

/** How step records become rows to fit; it can be changed of a dataset too. */
export const TREATMENTS: readonly (keyof Treatment)[] = ['lag', 'keepIdle', 'dropWarmup', 'dropOutliers'];

/** What holds of sources alone; a dataset says it itself. */
export const GIVEN: readonly Given[] = (Object.keys(OPTIONS) as Given[]).filter(
  (name) => !TREATMENTS.some((treatment) => treatment === name),
);

/** The error of an option that would change nothing. */
export function idleOption(source: string, option: Given, why: string): UserError {
  return new UserError({
    code: 'data.idle-option',
    place: { file: source },
    problem: `${OPTIONS[option]} does not apply: ${why}`,
    mend: 'Leave it out',
    details: { option },
  });
}
