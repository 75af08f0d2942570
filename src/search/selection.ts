import type { Random } from '../numeric/index.ts';
import { type Archive, type Entry, dominates, isBetter, type Criteria } from './archive/index.ts';

/**
 * Rank of each point in fast non-dominated sorting: 0 for the front, 1 for the front of the rest, and so on.
 * Deb, Pratap, Agarwal & Meyarivan (2002), NSGA-II, section III.A.
 */
export function nonDominatedRanks(points: readonly Criteria[]): readonly number[] {
  const dominatedBy = points.map((point) => points.filter((other) => dominates(other, point)).length);
  const ranks = points.map(() => -1);
  let front = points.map((_, i) => i).filter((i) => dominatedBy[i] === 0);
  for (let rank = 0; front.length > 0; rank++) {
    for (const i of front) ranks[i] = rank;
    const next: number[] = [];
    for (const i of front)
      points.forEach((point, j) => {
        if (!dominates(points[i] as Criteria, point)) return;
        dominatedBy[j] = (dominatedBy[j] as number) - 1;
        if (dominatedBy[j] === 0) next.push(j);
      });
    front = next.sort((a, b) => a - b);
  }
  return ranks;
}

const AXES = ['operations', 'features', 'error'] as const satisfies readonly (keyof Criteria)[];

/**
 * Crowding distance of each point among the points of its rank: how far apart its neighbours are, summed over the
 * criteria as shares of their range; infinite at the ends. NSGA-II, section III.B.
 */
export function crowdingDistances(points: readonly Criteria[], ranks: readonly number[]): readonly number[] {
  const distances = points.map(() => 0);
  for (const rank of new Set(ranks)) {
    const members = points.map((_, i) => i).filter((i) => ranks[i] === rank);
    for (const axis of AXES) {
      const value = (i: number): number => (points[i] as Criteria)[axis];
      const order = [...members].sort((a, b) => value(a) - value(b));
      const first = order[0] as number;
      const last = order[order.length - 1] as number;
      const range = value(last) - value(first);
      if (range === 0) continue;
      distances[first] = Infinity;
      distances[last] = Infinity;
      for (let k = 1; k < order.length - 1; k++) {
        const i = order[k] as number;
        const gap = value(order[k + 1] as number) - value(order[k - 1] as number);
        distances[i] = (distances[i] as number) + gap / range;
      }
    }
  }
  return distances;
}

/** Draws parents for one island. */
export interface Selector<T extends Entry> {
  (random: Random): T;
  /** The entry of the lowest error, which the controls of a search work on. */
  readonly best: T;
  /** What it draws from. */
  readonly archive: Archive<T>;
  /** Index of the island. */
  readonly island: number;
}

/** Share of parents that are drawn by error alone. */
const GREEDY_SHARE = 0.5;
const GREEDY_ROUND = 3;

/**
 * Parent selection from an island's elites and the Pareto front. Half of the draws are NSGA-II's binary tournament (lower
 * rank, then larger crowding distance), which keeps small programs breeding; the other half are tournaments of three by
 * error, because in a run of some hundred programs the accurate end of the front is where structure is found.
 *
 * @throws RangeError where the archive has nothing to select from.
 */
export function createSelector<T extends Entry>(archive: Archive<T>, island: number): Selector<T> {
  const pool = new Map<string, T>();
  for (const elite of archive.islands[island] ?? []) if (elite !== undefined) pool.set(elite.id, elite);
  for (const entry of archive.front) pool.set(entry.id, entry);
  const entries = [...pool.values()];
  if (entries.length === 0) throw new RangeError('the archive is empty');
  const points = entries.map((entry) => entry.criteria);
  const ranks = nonDominatedRanks(points);
  const crowding = crowdingDistances(points, ranks);

  const fitter = (a: number, b: number): number => {
    const byRank = (ranks[a] as number) - (ranks[b] as number);
    if (byRank !== 0) return byRank < 0 ? a : b;
    return (crowding[b] as number) > (crowding[a] as number) ? b : a;
  };
  const moreAccurate = (a: number, b: number): number => (isBetter(entries[b] as T, entries[a] as T) ? b : a);

  const select = (random: Random): T => {
    const draw = (): number => random.integer(entries.length);
    let winner = draw();
    if (random.uniform() < GREEDY_SHARE) for (let k = 1; k < GREEDY_ROUND; k++) winner = moreAccurate(winner, draw());
    else winner = fitter(winner, draw());
    return entries[winner] as T;
  };
  const best = entries.map((_, i) => i).reduce(moreAccurate);
  return Object.assign(select, { best: entries[best] as T, archive, island });
}
