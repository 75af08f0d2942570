import { type Archive, insert, type Insertion } from './archive/index.ts';
import { type Individual, SEED_OPERATOR } from './individual.ts';

/** Offers an individual to its island; seed programs to all of them. */
export function place(
  archive: Archive<Individual>,
  individual: Individual,
): { readonly archive: Archive<Individual>; readonly insertion: Insertion } {
  const { operator, island } = individual.origin;
  if (operator !== SEED_OPERATOR) return insert(archive, island, individual);
  const first = insert(archive, 0, individual);
  let next = first.archive;
  for (let i = 1; i < archive.islands.length; i++) next = insert(next, i, individual).archive;
  return { archive: next, insertion: first.insertion };
}
