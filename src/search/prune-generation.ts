import type { Evaluator } from '../evaluate/index.ts';
import type { FeatureTable } from '../program/index.ts';
import { checkProgram } from './checked-program.ts';
import { evaluateAll } from './commit.ts';
import { type Individual, PRUNE_OPERATOR } from './individual.ts';
import { type OpenGeneration, proposeChecked, type Waiting } from './open-generation.ts';
import { prunedOf } from './prune.ts';

/** A program is pruned at most so often in a row in one generation. */
const ROUNDS = 4;
/** Pruned programs that are evaluated in a round at most. */
const MOST_PRUNED = 16;

/**
 * Offers the archive what is left of programs without what the data does not need in them, in the generation in which they came:
 * mutations add terms more easily than they take any away, and a term within its standard error says nothing of batches that
 * were not measured.
 *
 * @param taken programs that the archive took
 * @returns the pruned programs that it took in their place or beside them
 */
export async function pruneAll(
  open: OpenGeneration,
  taken: readonly Individual[],
  { evaluator, features }: { readonly evaluator: Evaluator; readonly features: FeatureTable },
): Promise<readonly Individual[]> {
  const pruned: Individual[] = [];
  let round = taken;
  for (let i = 0; i < ROUNDS && round.length > 0; i++) {
    round = await evaluateAll(open, proposePruned(open, round, features), evaluator, open.state);
    pruned.push(...round);
  }
  return pruned;
}

/** What the run knows already is left out without a word: nobody has asked for it. */
function proposePruned(
  open: OpenGeneration,
  individuals: readonly Individual[],
  features: FeatureTable,
): readonly Waiting[] {
  const { caps } = open.state.settings;
  const waiting: Waiting[] = [];
  for (const individual of individuals) {
    for (const { mutation, program } of prunedOf(individual)) {
      if (waiting.length === MOST_PRUNED) return waiting;
      const result = checkProgram(program, { features, caps });
      if (!result.ok || open.knownAs(result.checked.id, undefined) !== undefined) continue;
      const { island } = individual.origin;
      const attribution = {
        operator: PRUNE_OPERATOR,
        mutation,
        parents: [individual.id],
        child: waiting.length,
        island,
      };
      const proposed = proposeChecked(open, attribution, result.checked, features);
      if (proposed !== undefined) waiting.push(proposed);
    }
  }
  return waiting;
}
