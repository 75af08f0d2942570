import { fitsInUse } from '../evaluate/index.ts';
import type { RunConfig } from '../run/index.ts';
import { type Individual, pickProgram } from '../search/index.ts';
import { fittedProgram } from './fitted-program.ts';
import { SCOPE_WORDS } from './groups.ts';
import type { Contestant } from './leaderboard-row.ts';

/**
 * The programs of a run's Pareto front with the constants that the run fitted; the one that is chosen by default is the winner.
 */
export function runPrograms(
  front: readonly Individual[],
  { scope, objective }: Pick<RunConfig, 'scope' | 'objective'>,
): readonly Contestant[] {
  const winner = pickProgram(front, objective);
  return front.map((individual) => {
    const { id, program, evaluation, complexity } = individual;
    const isWinner = individual === winner;
    const { operations, constants, features } = complexity;
    return {
      kind: isWinner ? ('winner' as const) : ('front' as const),
      predictor: {
        name: `program ${id}`,
        description: `${operations} operations, ${constants} constants, ${features.length} features`,
        fittedOn: `train, ${SCOPE_WORDS[scope]}; chosen on valid`,
        fit: () => fittedProgram(program, fitsInUse(evaluation), scope),
      },
    };
  });
}
