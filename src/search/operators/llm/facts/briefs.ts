/**
 * What the islands of a search are told to look for, so that they do not all look in one place: what a server does, what the residuals
 * say, what can be left out, and what nobody has tried.
 */
export const BRIEFS = ['physics', 'residual', 'simplify', 'challenge'] as const;

export type Brief = (typeof BRIEFS)[number];

/** The brief of an island: its own for good where there are islands for all briefs; else they take turns by generation. */
export function briefOf(island: number, islands: number, generation: number): Brief {
  const turn = islands < BRIEFS.length ? generation : 0;
  return BRIEFS[(island + turn) % BRIEFS.length]!;
}
