import type { TargetInfo } from '../program/index.ts';

/** Name of the seed program that takes the same time for every batch. */
export const CONSTANT_SEED_NAME = 'constant';

const LONGEST_REASON = 300;

/**
 * The program that takes the same time for every batch: all there is to find where nothing varies, and what a search starts from
 * where no other program has a value on the data.
 *
 * @param why it has to do; its comment says so to whoever looks at it
 * @param target what is predicted, where it is no step time
 */
export function constantSource(why: string, target?: TargetInfo): string {
  const reason = why
    .slice(0, LONGEST_REASON)
    .replaceAll(/[*/@\s]+/g, ' ')
    .trim();
  const [claim, name, start] =
    target === undefined
      ? ['Every step takes the same time', 'stepUs', 10000]
      : ['Every row has the same value', 'level', 1];
  return `/** ${claim}: ${reason}. */
export const constants = { ${name}: ${start} };

export function predictStepTime(batch, c) {
  return c.${name};
}
`;
}
