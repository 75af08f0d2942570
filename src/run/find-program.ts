import { UserError } from '../base/index.ts';
import {
  createIndividual,
  type Individual,
  members,
  pickProgram,
  type ProposedEvent,
  readSource,
  type RefittedEvent,
  type SearchState,
} from '../search/index.ts';
import { readGenerations } from './event-log.ts';
import type { Run } from './run-directory.ts';

const only = (found: readonly Individual[], run: Run, id: string): Individual | undefined => {
  if (found.length <= 1) return found[0];
  const ids = found.map((individual) => individual.id).join(', ');
  throw new UserError({
    code: 'run.ambiguous-program',
    place: { file: run.directory },
    problem: `${id} is the beginning of several programs (${ids})`,
    mend: 'give more digits',
  });
};

const withRefit = (individual: Individual, { programs }: RefittedEvent): Individual => {
  const { origin, source, program } = individual;
  const refit = programs.find(({ id }) => id === individual.id);
  return refit === undefined ? individual : createIndividual(origin, source, program, refit.evaluation);
};

/** Evaluated programs whose id begins with `id`, from the whole log: the archive forgets what it replaces. */
const searchLog = (run: Run, id: string): readonly Individual[] => {
  let found: readonly Individual[] = [];
  for (const generation of readGenerations(run.files.events)) {
    const proposed = new Map<number, ProposedEvent>();
    for (const { event } of generation) {
      if (event.type === 'refitted') found = found.map((individual) => withRefit(individual, event));
      if (event.type === 'proposed' && event.id?.startsWith(id) === true) proposed.set(event.sequence, event);
      if (event.type !== 'evaluated') continue;
      const proposal = proposed.get(event.sequence);
      if (proposal === undefined) continue;
      const { sequence, generation: number, island, operator, mutation, parents, source } = proposal;
      const origin = { sequence, generation: number, island, operator, mutation, parents };
      found = [...found, createIndividual(origin, source, readSource(source), event.evaluation)];
    }
  }
  return found;
};

/**
 * The evaluated program of a run that has this id, or the one whose id begins so; without an id the one that is chosen by
 * default, see `pickProgram`.
 *
 * @throws UserError where there is none or more than one.
 */
export const findProgram = (run: Run, state: SearchState, id?: string): Individual => {
  if (id === undefined) {
    const pick = pickProgram(state.archive.front);
    if (pick !== undefined) return pick;
    throw new UserError({
      code: 'run.no-program',
      place: { file: run.directory },
      problem: 'no program has been evaluated yet',
      mend: 'continue the run',
    });
  }
  const individual =
    only(
      members(state.archive).filter((member) => member.id.startsWith(id)),
      run,
      id,
    ) ?? only(searchLog(run, id), run, id);
  if (individual !== undefined) return individual;
  throw new UserError({
    code: 'run.unknown-program',
    place: { file: run.directory },
    problem: `no evaluated program ${id}`,
    mend: 'name a program of the run',
  });
};
