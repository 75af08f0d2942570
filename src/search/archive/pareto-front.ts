import type { Entry, Objectives } from './entry.ts';

/** No objective is larger in `a`. */
export const weaklyDominates = (a: Objectives, b: Objectives): boolean =>
  a.operations <= b.operations && a.features <= b.features && a.error <= b.error;

/** No objective is larger in `a` and one is smaller. */
export const dominates = (a: Objectives, b: Objectives): boolean => weaklyDominates(a, b) && !weaklyDominates(b, a);

/**
 * The front with `entry` taken in, or the same front where a member is at least as good in everything. Of entries with
 * equal objectives the one that came first stays. Ordered by operations, then features.
 */
export const insertIntoFront = <T extends Entry>(front: readonly T[], entry: T): readonly T[] => {
  if (front.some((member) => weaklyDominates(member.objectives, entry.objectives))) return front;
  const kept = front.filter((member) => !dominates(entry.objectives, member.objectives));
  return [...kept, entry].sort(
    (a, b) =>
      a.objectives.operations - b.objectives.operations ||
      a.objectives.features - b.objectives.features ||
      a.objectives.error - b.objectives.error,
  );
};
