import { shownPoints } from '../../../../evaluate/index.ts';
import type { Archive } from '../../../archive/index.ts';
import type { Individual } from '../../../individual.ts';
import { markdownTable, short } from './text.ts';

const MOST_MEMBERS = 8;

/** Sizes and errors of the Pareto front, training rows, evenly thinned out where it is long. */
export function frontTable({ front }: Archive<Individual>): string {
  return markdownTable(
    ['operations', 'features', 'error %'],
    shownPoints(front, MOST_MEMBERS).map(({ criteria: { operations, features, error } }) => [
      String(operations),
      String(features),
      short(error, 3),
    ]),
  );
}

/** Generations since the program of the lowest error came. */
export function generationsSinceBest({ front }: Archive<Individual>, generation: number): number {
  const best = front.reduce<Individual | undefined>(
    (lowest, each) => (lowest === undefined || each.criteria.error < lowest.criteria.error ? each : lowest),
    undefined,
  );
  return best === undefined ? 0 : generation - 1 - best.origin.generation;
}
