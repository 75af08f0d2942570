/** Name of the seed program that takes the same time for every batch. */
export const CONSTANT_SEED_NAME = 'constant';

const LONGEST_REASON = 300;

/**
 * The program that takes the same time for every batch: all there is to find where nothing varies, and what a search starts from
 * where no other program has a value on the data.
 *
 * @param why it has to do; its comment says so to whoever looks at it
 */
export function constantSource(why: string): string {
  const reason = why
    .slice(0, LONGEST_REASON)
    .replaceAll(/[*/@\s]+/g, ' ')
    .trim();
  return `/** Every step takes the same time: ${reason}. */
export const constants = { stepUs: 10000 };

export function predictStepTime(batch, c) {
  return c.stepUs;
}
`;
}
