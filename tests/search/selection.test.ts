import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import {
  createArchive,
  createSelector,
  crowdingDistances,
  dominates,
  type Entry,
  insert,
  nonDominatedRanks,
  type Criteria,
} from '../../src/search/index.ts';

function point(operations: number, features: number, error: number): Criteria {
  return { operations, features, error };
}

describe('non-dominated ranks', () => {
  it('peels one front after another', () => {
    const points = [point(1, 1, 9), point(5, 1, 1), point(5, 2, 2), point(6, 3, 3), point(1, 1, 10)];
    expect(nonDominatedRanks(points)).toEqual([0, 0, 1, 2, 1]);
  });

  it('puts nothing beside or behind what it dominates', () => {
    const arbitrary = fc.array(
      fc.record({
        operations: fc.integer({ min: 1, max: 6 }),
        features: fc.integer({ min: 1, max: 4 }),
        error: fc.integer({ min: 0, max: 6 }),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(arbitrary, (points) => {
        const ranks = nonDominatedRanks(points);
        points.forEach((a, i) => {
          points.forEach((b, j) => {
            if (dominates(a, b)) expect(ranks[i]).toBeLessThan(ranks[j] as number);
          });
          const rank = ranks[i] as number;
          if (rank > 0) expect(points.some((b, j) => ranks[j] === rank - 1 && dominates(b, a))).toBe(true);
        });
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('crowding distance', () => {
  it('is infinite at the ends and the sum of the neighbours’ gaps between them', () => {
    const points = [point(1, 1, 10), point(3, 1, 6), point(4, 1, 5), point(11, 1, 0)];
    const distances = crowdingDistances(points, [0, 0, 0, 0]);
    expect(distances[0]).toBe(Infinity);
    expect(distances[3]).toBe(Infinity);
    expect(distances[1]).toBeCloseTo(3 / 10 + 5 / 10, 12);
    expect(distances[2]).toBeCloseTo(8 / 10 + 6 / 10, 12);
  });

  it('compares within a rank only', () => {
    const points = [point(1, 1, 10), point(2, 1, 9), point(3, 1, 8), point(50, 9, 90)];
    const distances = crowdingDistances(points, [0, 0, 0, 1]);
    expect(distances[1]).toBeCloseTo(2, 12);
    expect(distances[3]).toBe(0);
  });
});

describe('selector', () => {
  const entry = (id: string, operations: number, error: number): Entry => ({
    id,
    criteria: point(operations, 1, error),
    tieBreak: 0,
  });

  it('draws from the island and the front, and nothing else', () => {
    let archive = createArchive<Entry>(2);
    archive = insert(archive, 0, entry('mine', 10, 30)).archive;
    archive = insert(archive, 1, entry('front', 10, 20)).archive;
    archive = insert(archive, 1, entry('theirs', 20, 60)).archive;
    const select = createSelector(archive, 0);
    const random = createRandom(1);
    const drawn = new Set(Array.from({ length: 200 }, () => select(random).id));
    expect([...drawn].sort()).toEqual(['front', 'mine']);
  });

  it('prefers what is not dominated and what is accurate', () => {
    let archive = createArchive<Entry>(1);
    const all = [entry('a', 3, 50), entry('b', 13, 10), entry('c', 23, 60), entry('d', 33, 70)];
    for (const each of all) archive = insert(archive, 0, each).archive;
    const select = createSelector(archive, 0);
    const random = createRandom(1);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 2000; i++) {
      const { id } = select(random);
      counts[id] = (counts[id] ?? 0) + 1;
    }
    expect(counts['b']).toBeGreaterThan(counts['c'] as number);
    expect(counts['a']).toBeGreaterThan(counts['d'] as number);
    expect(counts['d']).toBeGreaterThan(0);
  });

  /** Share of the draws that each entry of an archive of these is. */
  const shares = (all: readonly Entry[]): Readonly<Record<string, number>> => {
    const archive = all.reduce((made, each) => insert(made, 0, each).archive, createArchive<Entry>(1));
    const select = createSelector(archive, 0);
    const random = createRandom(1);
    const counts: Record<string, number> = Object.fromEntries(all.map(({ id }) => [id, 0]));
    for (let i = 0; i < DRAWS; i++) counts[select(random).id]! += 1;
    return Object.fromEntries(all.map(({ id }) => [id, (counts[id] as number) / DRAWS]));
  };
  const DRAWS = 20_000;
  /** Five standard deviations of a share. */
  const SLACK = 5 * Math.sqrt(0.25 / DRAWS);

  it('draws half by tournaments of three by error, half by binary ones by crowding where no one is dominated', () => {
    // From worst to best error; both ends have no neighbour beyond them, and c has more room than b.
    const drawn = shares([entry('a', 3, 50), entry('b', 8, 46), entry('c', 14, 44), entry('d', 33, 10)]);
    // By error, n of the four being no better: (n/4)³ − ((n − 1)/4)³. By crowding: the ends tie, so the first draw wins there.
    const expected = { a: 1 / 64 + 6 / 16, b: 7 / 64 + 1 / 16, c: 19 / 64 + 3 / 16, d: 37 / 64 + 6 / 16 };
    for (const [id, twice] of Object.entries(expected)) {
      expect(Math.abs((drawn[id] as number) - twice / 2), id).toBeLessThan(SLACK);
    }
  });

  it('looks at the rank before the crowding distance', () => {
    // Second in error and dominated, but alone in its rank.
    const drawn = shares([entry('a', 3, 50), entry('b', 13, 10), entry('c', 23, 20)]);
    const expected = { a: 1 / 27 + 4 / 9, b: 19 / 27 + 4 / 9, c: 7 / 27 + 1 / 9 };
    for (const [id, twice] of Object.entries(expected)) {
      expect(Math.abs((drawn[id] as number) - twice / 2), id).toBeLessThan(SLACK);
    }
  });

  it('refuses an empty archive', () => {
    expect(() => createSelector(createArchive<Entry>(1), 0)).toThrow(RangeError);
  });
});
