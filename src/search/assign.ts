import type { Random } from '../numeric/index.ts';
import { adaptiveWeights, type Credit } from './credit.ts';
import type { SearchState } from './search-state.ts';
import type { Tallies, Tally } from './tally.ts';

/** The operator that takes over where another cannot be reached: it needs nobody. */
export const FALLBACK = 'grammar';

/** Generations after an outage in which the operator is not asked, so that each does not wait in vain again. */
const QUIET_GENERATIONS = 10;

/** What a program may cost before it must earn twice as much as a free one. */
const FAIR_COST_USD = 0.01;

/** Share of its set weight that an arm never falls below, so that it can come back. */
const FLOOR = 0.1;

function perCost({ credit, costUsd, valid }: Tally): Credit | undefined {
  return credit === null
    ? undefined
    : { ...credit, value: credit.value / (1 + costUsd / Math.max(1, valid) / FAIR_COST_USD) };
}

/**
 * A cost-aware bandit: the weights moved towards what pays, as `adaptiveWeights` does for mutations, with the reward divided
 * by what a program costs. Depends on the tallies alone, so it is the same after a resume.
 */
export function costAwareWeights(
  weights: Readonly<Record<string, number>>,
  tallies: Tallies,
): Readonly<Record<string, number>> {
  return adaptiveWeights(
    weights,
    Object.fromEntries(
      Object.entries(tallies).flatMap(([name, tally]) => {
        const credit = perCost(tally);
        return credit === undefined ? [] : [[name, credit]];
      }),
    ),
    FLOOR,
  );
}

/** Name of the operator for each child of a generation, drawn by the weights of the settings. */
export function assignOperators(
  { settings, operators, outages }: SearchState,
  generation: number,
  random: Random,
): readonly string[] {
  const weights = settings.adaptive ? costAwareWeights(settings.operators, operators) : settings.operators;
  const isQuiet = (name: string): boolean => generation - (outages[name] ?? -Infinity) <= QUIET_GENERATIONS;
  const open = Object.entries(weights).filter(([name, weight]) => weight > 0 && !isQuiet(name));
  const names = open.map(([name]) => name);
  const shares = open.map(([, weight]) => weight);
  return Array.from({ length: settings.children }, (_, child) =>
    names.length === 0 ? FALLBACK : (names[random.split(generation, child).weighted(shares)] as string),
  );
}
