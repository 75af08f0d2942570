import type { Insertion } from './archive/index.ts';

/** What a mutation has earned: evaluated children and their mean reward, recent ones counting more. */
export interface Credit {
  readonly uses: number;
  /** 0 … 1 */
  readonly value: number;
}

/** Credit by name. */
export type Credits = Readonly<Record<string, Credit>>;

/** A mutation that was never used is taken to be this good, so that each is tried. */
const OPTIMISTIC_VALUE = 0.3;
const LEARNING_RATE = 0.08;
const NICHE_REWARD = 0.03;
/** Relative decrease of the error that earns the full reward. */
const FULL_GAIN = 0.1;

/**
 * Reward of an insertion, 0 … 1: how much lower the error is than that of any front member no larger, where the program
 * joined the front. A new or better niche alone earns little, because a larger program fills one easily.
 */
export function rewardOf(insertion: Insertion): number {
  const forFront = insertion.front ? Math.min(1, insertion.gain / FULL_GAIN) : 0;
  return Math.max(forFront, insertion.status === 'rejected' ? 0 : NICHE_REWARD);
}

/** Credit after one more evaluated child. */
export function updateCredit(credit: Credit | undefined, reward: number): Credit {
  const { uses, value } = credit ?? { uses: 0, value: OPTIMISTIC_VALUE };
  return { uses: uses + 1, value: value + LEARNING_RATE * (reward - value) };
}

/**
 * Probability matching with a floor (Thierens 2005, "An adaptive pursuit strategy for allocating operator probabilities"):
 * the base weight of each name times its share of the credit, but never less than `floor` of an equal share.
 */
export function adaptiveWeights(
  baseWeights: Readonly<Record<string, number>>,
  credits: Credits,
  floor = 0.3,
): Readonly<Record<string, number>> {
  const names = Object.keys(baseWeights);
  const valueOf = (name: string): number => credits[name]?.value ?? OPTIMISTIC_VALUE;
  const mean = names.reduce((sum, name) => sum + valueOf(name), 0) / Math.max(1, names.length);
  return Object.fromEntries(
    names.map((name) => {
      const share = mean > 0 ? valueOf(name) / mean : 1;
      return [name, (baseWeights[name] as number) * (floor + (1 - floor) * share)];
    }),
  );
}
