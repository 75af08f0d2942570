import { createHash } from 'node:crypto';
import type { Individual, SearchState } from '../search/index.ts';
import { canonicalJson } from '../base/index.ts';

function essence({ id, criteria, tieBreak, source, evaluation }: Individual): unknown {
  return {
    id,
    // What the hash has always called them.
    objectives: criteria,
    tieBreak,
    source,
    fits: evaluation.fits,
    ...(evaluation.closedLoop !== undefined && { closedLoop: evaluation.closedLoop }),
    validationError: evaluation.validationError,
  };
}

/** SHA-256, hex, over all that the archive holds: the elites by island and niche, and the Pareto front. */
export function archiveHash({ archive }: SearchState): string {
  return createHash('sha256')
    .update(
      canonicalJson({
        islands: archive.islands.map((elites) => elites.map((elite) => (elite === undefined ? null : essence(elite)))),
        front: archive.front.map(essence),
      }),
    )
    .digest('hex');
}
