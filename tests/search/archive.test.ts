import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Archive,
  archiveFigures,
  compareByError,
  createArchive,
  dominates,
  eliteUnion,
  type Entry,
  entryLimit,
  hypervolume,
  insert,
  isBetter,
  members,
  migrate,
  NICHES,
  nicheOf,
  type Criteria,
  weaklyDominates,
} from '../../src/search/index.ts';

const criteria: fc.Arbitrary<Criteria> = fc.record({
  operations: fc.integer({ min: 0, max: 60 }),
  features: fc.integer({ min: 0, max: 18 }),
  // Few distinct errors, so that ties happen.
  error: fc.oneof(
    fc.integer({ min: 0, max: 12 }).map((n) => n * 10),
    fc.double({ min: 0, max: 150, noNaN: true }),
  ),
});

const entries: fc.Arbitrary<Entry[]> = fc
  .array(fc.record({ criteria, tieBreak: fc.integer({ min: 0, max: 3 }) }), { minLength: 1, maxLength: 60 })
  .map((list) => list.map((entry, i) => ({ id: `p${i}`, ...entry })));

function insertAll(list: readonly Entry[], islands = 1): Archive<Entry> {
  return list.reduce((archive, entry, i) => insert(archive, i % islands, entry).archive, createArchive<Entry>(islands));
}

function frontOf(list: Entry[]): Criteria[] {
  return insertAll(list).front.map((entry) => entry.criteria);
}

const law = { seed: 1, numRuns: 150 };

function nicheAt(operations: number, features: number): number {
  return nicheOf({ operations, features });
}

describe('niches', () => {
  it('bins operations 1–50 by five and features 1–15 by three', () => {
    expect(nicheAt(1, 1)).toBe(0);
    expect(nicheAt(5, 3)).toBe(0);
    expect(nicheAt(6, 3)).toBe(5);
    expect(nicheAt(5, 4)).toBe(1);
    expect(nicheAt(50, 15)).toBe(NICHES - 1);
  });

  it('counts what lies outside the range to the nearest bin', () => {
    expect(nicheAt(0, 0)).toBe(0);
    expect(nicheAt(90, 40)).toBe(NICHES - 1);
  });
});

describe('insert', () => {
  const entry = (id: string, error: number, tieBreak = 0): Entry => ({
    id,
    criteria: { operations: 3, features: 2, error },
    tieBreak,
  });

  it('answers new, improved or rejected, and by how much', () => {
    const first = insert(createArchive<Entry>(1), 0, entry('a', 40));
    expect(first.insertion).toEqual({ status: 'new', by: 60, front: true, gain: 1 });
    const better = insert(first.archive, 0, entry('b', 30));
    expect(better.insertion).toEqual({ status: 'improved', by: 10, front: true, gain: 0.25 });
    const worse = insert(better.archive, 0, entry('c', 35));
    expect(worse.insertion).toEqual({ status: 'rejected', by: -5, front: false, gain: 0 });
  });

  it('keeps the first of two equal programs and lets the tie-break decide between equal errors', () => {
    const first = insert(createArchive<Entry>(1), 0, entry('a', 40, 2));
    expect(insert(first.archive, 0, entry('b', 40, 2)).insertion.status).toBe('rejected');
    expect(insert(first.archive, 0, entry('c', 40, 1)).insertion.status).toBe('improved');
  });

  it('leaves the archive it was given as it was', () => {
    const before = insert(createArchive<Entry>(1), 0, entry('a', 40)).archive;
    const copy = structuredClone(before);
    insert(before, 0, entry('b', 30));
    expect(before).toEqual(copy);
  });

  it('refuses an island that does not exist', () => {
    expect(() => insert(createArchive<Entry>(2), 2, entry('a', 1))).toThrow(RangeError);
  });

  it('takes what is below the limit and nothing above it', () => {
    fc.assert(
      fc.property(entries, criteria, (list, { error, ...size }) => {
        const archive = insertAll(list, 2);
        const limit = entryLimit(archive, 1, size);
        const { status, front } = insert(archive, 1, {
          id: 'x',
          criteria: { ...size, error },
          tieBreak: 0,
        }).insertion;
        if (error !== limit) expect(status !== 'rejected' || front).toBe(error < limit);
      }),
      law,
    );
  });

  it('never loses an elite but to a better one', () => {
    fc.assert(
      fc.property(entries, (list) => {
        let archive = createArchive<Entry>(2);
        list.forEach((each, i) => {
          const next = insert(archive, i % 2, each).archive;
          archive.islands.forEach((elites, island) =>
            elites.forEach((elite, niche) => {
              const now = next.islands[island]?.[niche];
              if (elite !== undefined && now !== elite) expect(now !== undefined && isBetter(now, elite)).toBe(true);
            }),
          );
          archive = next;
        });
      }),
      law,
    );
  });

  it('holds the lowest error of every niche', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const elites = eliteUnion(insertAll(list, 3));
        for (let niche = 0; niche < NICHES; niche++) {
          const errors = list.filter((e) => nicheOf(e.criteria) === niche).map((e) => e.criteria.error);
          expect(elites[niche]?.criteria.error).toBe(errors.length > 0 ? Math.min(...errors) : undefined);
        }
      }),
      law,
    );
  });
});

describe('Pareto front', () => {
  it('is mutually non-dominated', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const { front } = insertAll(list);
        for (const a of front) {
          for (const b of front) expect(a === b || !weaklyDominates(a.criteria, b.criteria)).toBe(true);
        }
      }),
      law,
    );
  });

  it('is complete: a member is at least as good as any program that was inserted', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const { front } = insertAll(list);
        for (const each of list) expect(front.some((m) => weaklyDominates(m.criteria, each.criteria))).toBe(true);
      }),
      law,
    );
  });

  it('has the same criteria whatever the order of insertion', () => {
    fc.assert(
      fc.property(
        entries.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          expect(frontOf(shuffled)).toEqual(frontOf(list));
        },
      ),
      law,
    );
  });

  it('keeps the first of programs with equal criteria', () => {
    const same = { operations: 4, features: 2, error: 10 };
    const { front } = insertAll([
      { id: 'first', criteria: same, tieBreak: 1 },
      { id: 'second', criteria: same, tieBreak: 1 },
    ]);
    expect(front.map((e) => e.id)).toEqual(['first']);
  });

  it('orders dominance strictly', () => {
    const a = { operations: 1, features: 1, error: 1 };
    expect(dominates(a, a)).toBe(false);
    expect(dominates(a, { ...a, error: 2 })).toBe(true);
    expect(dominates({ ...a, error: 2 }, a)).toBe(false);
    expect(dominates({ ...a, operations: 2 }, { ...a, error: 2 })).toBe(false);
  });
});

describe('hypervolume', () => {
  it('is the volume of one box', () => {
    expect(hypervolume([{ operations: 51 / 2, features: 16 / 4, error: 20 }])).toBeCloseTo(0.5 * 0.75 * 0.8, 12);
  });

  it('counts what two boxes share once', () => {
    const a = { operations: 0, features: 8, error: 50 };
    const b = { operations: 25.5, features: 0, error: 0 };
    // 1 · ½ · ½ + ½ · 1 · 1 − ½ · ½ · ½
    expect(hypervolume([a, b])).toBeCloseTo(0.25 + 0.5 - 0.125, 12);
  });

  it('is 0 for nothing and for what lies beyond the reference point', () => {
    expect(hypervolume([])).toBe(0);
    expect(hypervolume([{ operations: 3, features: 2, error: 250 }])).toBe(0);
  });

  it('agrees with counting points of a grid', () => {
    fc.assert(
      fc.property(fc.array(criteria, { maxLength: 8 }), (points) => {
        const n = 24;
        let hits = 0;
        for (let i = 0; i < n ** 3; i++) {
          const at = [i % n, Math.floor(i / n) % n, Math.floor(i / n / n)].map((k) => (k + 0.5) / n) as [
            number,
            number,
            number,
          ];
          const [x, y, z] = at;
          if (points.some((p) => p.operations / 51 <= x && p.features / 16 <= y && p.error / 100 <= z)) hits++;
        }
        expect(Math.abs(hypervolume(points) - hits / n ** 3)).toBeLessThan(3 / n);
      }),
      { seed: 1, numRuns: 25 },
    );
  });
});

describe('figures', () => {
  it('never decrease', () => {
    fc.assert(
      fc.property(entries, (list) => {
        let archive = createArchive<Entry>(2);
        let before = archiveFigures(archive);
        list.forEach((entry, i) => {
          archive = insert(archive, i % 2, entry).archive;
          if (i % 7 === 0) archive = migrate(archive, 2);
          const now = archiveFigures(archive);
          expect(now.coverage).toBeGreaterThanOrEqual(before.coverage);
          expect(now.qdScore).toBeGreaterThanOrEqual(before.qdScore - 1e-12);
          expect(now.hypervolume).toBeGreaterThanOrEqual(before.hypervolume - 1e-12);
          before = now;
        });
      }),
      law,
    );
  });

  it('sum over the union of the islands', () => {
    const at = (id: string, operations: number, error: number): Entry => ({
      id,
      criteria: { operations, features: 1, error },
      tieBreak: 0,
    });
    let archive = createArchive<Entry>(2);
    archive = insert(archive, 0, at('a', 1, 50)).archive;
    archive = insert(archive, 1, at('b', 2, 20)).archive;
    archive = insert(archive, 1, at('c', 9, 130)).archive;
    const figures = archiveFigures(archive);
    expect(figures.coverage).toBe(2 / 50);
    expect(figures.qdScore).toBeCloseTo(0.8, 12);
  });
});

describe('migration', () => {
  it('offers the best elites of each island to the next one and takes none away', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const before = insertAll(list, 3);
        const after = migrate(before, 2);
        before.islands.forEach((elites, from) => {
          const leaving = elites.filter((e) => e !== undefined).sort(compareByError);
          const next = after.islands[(from + 1) % 3] as Archive<Entry>['islands'][number];
          for (const entry of leaving.slice(0, 2)) {
            const elite = next[nicheOf(entry.criteria)];
            expect(elite !== undefined && !isBetter(entry, elite)).toBe(true);
          }
        });
        expect(after.front).toEqual(before.front);
        const ids = new Set(members(before).map((e) => e.id));
        for (const member of members(after)) expect(ids.has(member.id)).toBe(true);
      }),
      law,
    );
  });
});
