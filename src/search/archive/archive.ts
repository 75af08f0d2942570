import { compareByError, isBetter, type Entry, type Size } from './entry.ts';
import { hypervolume } from './hypervolume.ts';
import { NICHES, nicheOf } from './niche.ts';
import { insertIntoFront } from './pareto-front.ts';

/** The elites of one island: one place for each niche, undefined where the niche is empty. */
export type Island<T extends Entry> = readonly (T | undefined)[];

/** The islands' grids, each evolving on its own, and one Pareto front over everything that was ever inserted. */
export interface Archive<T extends Entry> {
  readonly islands: readonly Island<T>[];
  readonly front: readonly T[];
}

/** What became of an entry. */
export interface Insertion {
  /** In the grid: the niche was empty, its elite was worse, or its elite stays. */
  readonly status: 'new' | 'improved' | 'rejected';
  /**
   * Percentage points of error by which the niche's elite was lowered; an empty niche counts as 100. Negative or 0 when
   * rejected.
   */
  readonly by: number;
  /** It joined the Pareto front. */
  readonly front: boolean;
  /**
   * Relative decrease of the lowest error among the front's members that are no larger in operations and features: 1 where
   * there is none, 0 where it did not join.
   */
  readonly gain: number;
}

/** An empty archive. */
export function createArchive<T extends Entry>(islands: number): Archive<T> {
  return {
    islands: Array.from({ length: islands }, () => Array.from<T | undefined>({ length: NICHES })),
    front: [],
  };
}

const EMPTY_NICHE_ERROR = 100;

/** The front's members that are no larger in operations and features. */
function peersOf<T extends Entry>(front: readonly T[], { operations, features }: Size): readonly T[] {
  return front.filter(({ criteria }) => criteria.operations <= operations && criteria.features <= features);
}

function lowestError(entries: readonly Entry[]): number {
  return Math.min(...entries.map(({ criteria }) => criteria.error));
}

/**
 * The error below which the archive takes an entry of this size, into the island's grid or the front; infinite where it takes
 * any. Insertions only lower it.
 */
export function entryLimit<T extends Entry>(archive: Archive<T>, island: number, size: Size): number {
  const elite = archive.islands[island]?.[nicheOf(size)];
  return Math.max(elite?.criteria.error ?? Infinity, lowestError(peersOf(archive.front, size)));
}

/**
 * The error that an entry of this size must beat to join the front; of one smaller than all on the front the highest error there.
 * Infinite where the front is empty.
 */
export function frontTarget<T extends Entry>({ front }: Archive<T>, size: Size): number {
  const peers = peersOf(front, size);
  if (peers.length > 0) return lowestError(peers);
  return front.length === 0 ? Infinity : Math.max(...front.map(({ criteria }) => criteria.error));
}

/** The archive with `entry` offered to one island and to the front. Pure. */
export function insert<T extends Entry>(
  archive: Archive<T>,
  island: number,
  entry: T,
): { readonly archive: Archive<T>; readonly insertion: Insertion } {
  const elites = archive.islands[island];
  if (elites === undefined) throw new RangeError(`no island ${island}`);
  const niche = nicheOf(entry.criteria);
  const elite = elites[niche];
  const front = insertIntoFront(archive.front, entry);
  const joins = front !== archive.front;
  const peers = peersOf(archive.front, entry.criteria);
  const taken = elite === undefined || isBetter(entry, elite);
  return {
    archive: taken
      ? { islands: archive.islands.with(island, elites.with(niche, entry)), front }
      : { islands: archive.islands, front },
    insertion: {
      status: elite === undefined ? 'new' : taken ? 'improved' : 'rejected',
      by: (elite?.criteria.error ?? EMPTY_NICHE_ERROR) - entry.criteria.error,
      front: joins,
      gain: !joins ? 0 : peers.length === 0 ? 1 : 1 - entry.criteria.error / lowestError(peers),
    },
  };
}

/** The archive with entries in the places that others of the same ids held, as after better fits of their constants. Pure. */
export function replace<T extends Entry>(archive: Archive<T>, entries: readonly T[]): Archive<T> {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const now = (entry: T): T => byId.get(entry.id) ?? entry;
  return {
    islands: archive.islands.map((elites) => elites.map((elite) => elite && now(elite))),
    front: archive.front.map(now).reduce<readonly T[]>(insertIntoFront, []),
  };
}

/**
 * Ring migration: the `migrants` best elites of each island, as they were before, are offered to the next one.
 * (Whitley, Rana & Heckendorn 1999: the island model.)
 */
export function migrate<T extends Entry>(archive: Archive<T>, migrants: number): Archive<T> {
  const leaving = archive.islands.map((elites) =>
    elites
      .filter((elite) => elite !== undefined)
      .sort(compareByError)
      .slice(0, migrants),
  );
  let next = archive;
  leaving.forEach((entries, from) => {
    const to = (from + 1) % leaving.length;
    for (const entry of entries) next = insert(next, to, entry).archive;
  });
  return next;
}

/** The best elite of each niche over all islands. */
export function eliteUnion<T extends Entry>(archive: Archive<T>): Island<T> {
  return Array.from({ length: NICHES }, (_, niche) => {
    let best: T | undefined;
    for (const island of archive.islands) {
      const elite = island[niche];
      if (elite !== undefined && (best === undefined || isBetter(elite, best))) best = elite;
    }
    return best;
  });
}

/** Every entry that the archive still holds, grid and front, each once, in order of niche and then of the front. */
export function members<T extends Entry>(archive: Archive<T>): readonly T[] {
  const byId = new Map<string, T>();
  for (const island of archive.islands) for (const elite of island) if (elite !== undefined) byId.set(elite.id, elite);
  for (const entry of archive.front) byId.set(entry.id, entry);
  return [...byId.values()];
}

/** Figures of merit of an archive; none of them ever decreases. */
export interface ArchiveFigures {
  /** Share of the niches that hold an elite on some island. */
  readonly coverage: number;
  /** Sum over niches of max(0, 1 − error/100) of the best elite: 1 for a perfect program, 0 from 100 % error on. */
  readonly qdScore: number;
  /** Exact, of the Pareto front; see `hypervolume`. */
  readonly hypervolume: number;
}

/** Coverage, QD score (Pugh, Soros & Stanley 2016) and hypervolume. */
export function archiveFigures<T extends Entry>(archive: Archive<T>): ArchiveFigures {
  const elites = eliteUnion(archive).filter((elite) => elite !== undefined);
  return {
    coverage: elites.length / NICHES,
    qdScore: elites.reduce((sum, elite) => sum + Math.max(0, 1 - elite.criteria.error / 100), 0),
    hypervolume: hypervolume(archive.front.map((entry) => entry.criteria)),
  };
}
