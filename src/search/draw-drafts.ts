import type { Evaluator } from '../evaluate/index.ts';
import type { Random } from '../numeric/index.ts';
import { measureAsIs } from '../program/index.ts';
import { type Archive, frontTarget, nicheOf } from './archive/index.ts';
import { type Individual, sizeOf } from './individual.ts';
import type { Draw, DrawnDraft, Operator } from './operators/operator.ts';

/** A draft, as far as its score tells worth a fit. */
interface ScoredDraft {
  readonly draft: DrawnDraft;
  readonly island: number;
  readonly niche: number;
  /** Its error as a share of the error that it must beat to join the front. */
  readonly merit: number;
}

/** Drafts of some children. */
export interface Drafts {
  /** Of each island those with a value, each predicting unlike all others, in the order in which they are worth a fit. */
  readonly ranked: ReadonlyMap<number, readonly DrawnDraft[]>;
  /** How many were drawn. */
  readonly drawn: number;
}

/**
 * Draws many programs for each child and ranks them by a quick score: first the best one of each niche, so that children aim at
 * different places of the front, then the others.
 *
 * @param count drafts for each draw
 * @param random of the generation
 */
export async function drawDrafts(
  draft: NonNullable<Operator['draft']>,
  draws: readonly Draw[],
  count: number,
  archive: Archive<Individual>,
  scoreDrafts: NonNullable<Evaluator['scoreDrafts']>,
  random: Random,
): Promise<Drafts> {
  const drawn = draws.flatMap(({ context, island }) =>
    Array.from({ length: count }, (_, k) => ({
      island,
      draft: draft(context, random.split(context.generation, context.child, 'draft', k)),
    })).flatMap(({ draft: made }) => (made === undefined ? [] : [{ island, draft: made }])),
  );
  const scores = await scoreDrafts(
    drawn.map(({ draft: { program, starts } }) => ({ program, ...(starts !== undefined && { starts }) })),
  );
  const prints = new Set<string>();
  const scored = drawn.flatMap(({ island, draft: made }, i): readonly ScoredDraft[] => {
    const score = scores[i];
    if (score === undefined || !Number.isFinite(score.error) || prints.has(score.print)) return [];
    prints.add(score.print);
    const size = sizeOf(measureAsIs(made.program));
    return [{ draft: made, island, niche: nicheOf(size), merit: score.error / frontTarget(archive, size) }];
  });
  const islands = [...new Set(draws.map(({ island }) => island))];
  return {
    ranked: new Map(islands.map((island) => [island, ranked(scored.filter((each) => each.island === island))])),
    drawn: drawn.length,
  };
}

function ranked(drafts: readonly ScoredDraft[]): readonly DrawnDraft[] {
  const ascending = drafts.toSorted((a, b) => a.merit - b.merit);
  const niches = new Set<number>();
  const best: ScoredDraft[] = [];
  const others: ScoredDraft[] = [];
  for (const scored of ascending) {
    (niches.has(scored.niche) ? others : best).push(scored);
    niches.add(scored.niche);
  }
  return [...best, ...others].map(({ draft }) => draft);
}
