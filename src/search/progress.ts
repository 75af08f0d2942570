import { compareByError } from './archive/index.ts';
import type { ReadContext } from './event-reader.ts';
import type { Individual } from './individual.ts';
import type { SearchState } from './search-state.ts';

/** The program of the lowest error so far. */
export function bestIndividual(state: SearchState): Individual | undefined {
  return [...state.archive.front].sort(compareByError)[0];
}

/** For how many generations models were asked in vain, once the one that is being read is over. */
export function barrenAt(
  { spending: { calls }, barren }: SearchState,
  { proposals }: ReadContext,
): SearchState['barren'] {
  if (calls === barren.calls) return barren;
  const isFruitful = [...proposals].some(
    ({ event, evaluation, rejection }) =>
      event.model !== undefined && (evaluation !== undefined || rejection?.reason === 'race'),
  );
  return { generations: isFruitful ? 0 : barren.generations + 1, calls };
}

/** The best error that counts as an improvement once `generation` is over. */
export function progressAt(state: SearchState, generation: number): SearchState['progress'] {
  const error = bestIndividual(state)?.criteria.error ?? Infinity;
  const improved = error < state.progress.error * (1 - state.settings.tolerance);
  return improved ? { error, generation } : state.progress;
}
