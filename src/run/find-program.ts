import { UserError } from '../base/index.ts';
import {
  type ClosedLoopEvent,
  type CoverageEvent,
  createIndividual,
  type EventReader,
  ignore,
  type Individual,
  members,
  pickProgram,
  type RefittedEvent,
  type SearchState,
  withFindings,
} from '../search/index.ts';
import { readLog } from './read-log.ts';
import type { Run } from './run-directory.ts';

function only(found: readonly Individual[], run: Run, id: string): Individual | undefined {
  if (found.length <= 1) return found[0];
  const ids = found.map((individual) => individual.id).join(', ');
  throw new UserError({
    code: 'run.ambiguous-program',
    place: { file: run.directory },
    problem: `${id} is the beginning of several programs (${ids})`,
    mend: 'give more digits',
  });
}

function withRefit(individual: Individual, { programs }: RefittedEvent): Individual {
  const refit = programs.find(({ id }) => id === individual.id);
  return refit === undefined ? individual : createIndividual(individual.origin, individual, refit.evaluation);
}

function inClosedLoop(individual: Individual, { programs }: ClosedLoopEvent): Individual {
  const fitted = programs.find(({ id }) => id === individual.id);
  return fitted === undefined ? individual : withFindings(individual, { closedLoop: fitted.closedLoop });
}

function withCoverage(individual: Individual, { programs }: CoverageEvent): Individual {
  const judged = programs.find(({ id }) => id === individual.id);
  return judged === undefined ? individual : withFindings(individual, { coverage: judged.coverage });
}

/** Evaluated programs whose id begins with `id`. */
function evaluatedAs(id: string): EventReader<readonly Individual[]> {
  return {
    called: ignore,
    proposed: ignore,
    rejected: ignore,
    evaluated: (found, { sequence }, context) => {
      const proposal = context.proposal(sequence);
      return proposal.event.id?.startsWith(id) === true ? [...found, proposal.individual] : found;
    },
    inserted: ignore,
    refitted: (found, event) => found.map((individual) => withRefit(individual, event)),
    'closed-loop': (found, event) => found.map((individual) => inClosedLoop(individual, event)),
    coverage: (found, event) => found.map((individual) => withCoverage(individual, event)),
    migrated: ignore,
    frontier: ignore,
    validation: ignore,
    generation: ignore,
  };
}

/**
 * The evaluated program of a run that has this id, or the one whose id begins so; without an id the one that is chosen by
 * default, see `pickProgram`.
 *
 * @throws UserError where there is none or more than one.
 */
export function findProgram(run: Run, state: SearchState, id?: string): Individual {
  if (id === undefined) {
    const pick = pickProgram(state.archive.front, run.config.objective);
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
    ) ??
    // The archive forgets what it replaces, the log does not.
    only(readLog(run, evaluatedAs(id), []), run, id);
  if (individual !== undefined) return individual;
  throw new UserError({
    code: 'run.unknown-program',
    place: { file: run.directory },
    problem: `no evaluated program ${id}`,
    mend: 'name a program of the run',
  });
}
