import type { Entry, Criteria } from './entry.ts';

/** No criterion is larger in `a`. */
export function weaklyDominates(a: Criteria, b: Criteria): boolean {
  return a.operations <= b.operations && a.features <= b.features && a.error <= b.error;
}

/** No criterion is larger in `a` and one is smaller. */
export function dominates(a: Criteria, b: Criteria): boolean {
  return weaklyDominates(a, b) && !weaklyDominates(b, a);
}

/**
 * The front with `entry` taken in, or the same front where a member is at least as good in everything. Of entries with
 * equal criteria the one that came first stays. Ordered by operations, then features.
 */
export function insertIntoFront<T extends Entry>(front: readonly T[], entry: T): readonly T[] {
  if (front.some((member) => weaklyDominates(member.criteria, entry.criteria))) return front;
  const kept = front.filter((member) => !dominates(entry.criteria, member.criteria));
  return [...kept, entry].sort(
    (a, b) =>
      a.criteria.operations - b.criteria.operations ||
      a.criteria.features - b.criteria.features ||
      a.criteria.error - b.criteria.error,
  );
}
