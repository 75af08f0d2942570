import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import {
  compareByError,
  createArchive,
  createSelector,
  crowdingDistances,
  eliteUnion,
  type Entry,
  hypervolume,
  type Individual,
  insert,
  insertIntoFront,
  migrate,
  type Criteria,
  pickProgram,
} from '../../src/search/index.ts';
import { bestIndividual } from '../../src/search/progress.ts';
import { worstExperiments } from '../../src/search/operators/llm/facts/experiments.ts';
import { frontMember } from './front-member.ts';
import { TOY_TASK } from './llm-world.ts';
import { sharedToySearch } from './toy-search.ts';

function entry(id: string, [operations, features, error]: readonly [number, number, number], tieBreak = 0): Entry {
  return {
    id,
    criteria: { operations, features, error },
    tieBreak,
  };
}

function ids(entries: readonly { readonly id: string }[]): string {
  return entries.map(({ id }) => id).join(' ');
}

/** Every order of some items. */
function orders<T>(items: readonly T[]): readonly (readonly T[])[] {
  return items.length === 0
    ? [[]]
    : items.flatMap((item, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));
}

describe('entries of equal error', () => {
  const ranked = [
    entry('byTieBreak', [9, 9, 5], 1),
    entry('byOperations', [3, 9, 5], 2),
    entry('byFeatures', [7, 2, 5], 2),
    entry('last', [7, 4, 5], 2),
  ];

  it('are ordered by tie-break, operations and features, whatever order they come in', () => {
    for (const order of orders(ranked)) expect(ids([...order].sort(compareByError))).toBe(ids(ranked));
  });

  it('that are equal in all of these keep the order of arrival', () => {
    const twins = [entry('first', [7, 2, 5]), entry('second', [7, 2, 5])];
    for (const order of orders(twins)) expect([...order].sort(compareByError)).toEqual(order);
  });

  it('migrate in that order', () => {
    // Each in a niche of its own.
    const all = [
      entry('d', [31, 1, 5], 2),
      entry('c', [21, 1, 5], 2),
      entry('b', [11, 1, 5], 1),
      entry('a', [1, 1, 9]),
    ];
    for (const order of orders(all)) {
      const archive = order.reduce((made, each) => insert(made, 0, each).archive, createArchive<Entry>(2));
      const arrived = migrate(archive, 2).islands[1]?.filter((elite) => elite !== undefined) ?? [];
      expect(ids(arrived)).toBe('b c');
    }
  });

  it('stand for their niche in the union in the order of the islands', () => {
    const archive = [0, 1, 2].reduce(
      (made, island) => insert(made, island, entry(`island${island}`, [3, 1, 5], island === 0 ? 1 : 0)).archive,
      createArchive<Entry>(3),
    );
    expect(ids(eliteUnion(archive).filter((elite) => elite !== undefined))).toBe('island1');
  });

  it('let the selector take the one that stands first for the best', () => {
    const archive = ['x', 'y'].reduce(
      (made, id, i) => insert(made, 0, entry(id, [3 + 10 * i, 1 + 3 * (1 - i), 5])).archive,
      createArchive<Entry>(1),
    );
    expect(createSelector(archive, 0).best.id).toBe('x');
  });
});

describe('the front', () => {
  it('is ordered by operations, then features, whatever order programs come in', () => {
    const all = [entry('a', [3, 1, 50]), entry('b', [3, 2, 40]), entry('c', [7, 1, 30]), entry('d', [7, 2, 20])];
    for (const order of orders(all)) {
      expect(ids(order.reduce<readonly Entry[]>(insertIntoFront, []))).toBe('a b c d');
    }
  });

  it('has the hypervolume of its points to the bit, whatever order they stand in', () => {
    const point: fc.Arbitrary<Criteria> = fc.record({
      operations: fc.integer({ min: 1, max: 6 }),
      features: fc.integer({ min: 1, max: 3 }),
      error: fc.integer({ min: 0, max: 8 }).map((n) => n / 3),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 12 }), fc.nat(), (points, seed) => {
        expect(hypervolume(createRandom(seed).shuffle(points))).toBe(hypervolume(points));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is crowded least at its ends, the first of equals being the end', () => {
    const points = [1, 1, 5, 9, 9].map((operations): Criteria => ({ operations, features: 1, error: 10 }));
    const distances = crowdingDistances(
      points,
      points.map(() => 0),
    );
    expect(distances).toEqual([Infinity, 0.5, 1, 0.5, Infinity]);
  });
});

describe('of equal programs', () => {
  // Better in one block, worse in the other.
  const individual = (id: string, operations: number, features: number, validationError: number): Individual =>
    frontMember(id, {
      operations,
      features,
      validationError,
      blocks: [[20 - validationError, 3 * validationError - 20]],
    });

  it('the pick is the one with fewest operations, then features, then validation error, whatever order they stand in', () => {
    const all = [
      individual('operations', 3, 9, 10.4),
      individual('features', 5, 1, 10.3),
      individual('error', 5, 2, 10),
      individual('last', 5, 2, 10.1),
    ];
    for (const order of orders(all)) {
      expect(pickProgram(order, 'mape')?.id).toBe('operations');
      expect(
        pickProgram(
          order.filter(({ id }) => id !== 'operations'),
          'mape',
        )?.id,
      ).toBe('features');
      expect(
        pickProgram(
          order.filter(({ id }) => id === 'error' || id === 'last'),
          'mape',
        )?.id,
      ).toBe('error');
    }
  });

  it('the pick is the first of the front where nothing tells them apart', () => {
    const twins = [individual('x', 5, 2, 10), individual('y', 5, 2, 10)];
    for (const order of orders(twins)) expect(pickProgram(order, 'mape')).toBe(order[0]);
  });

  it('the best so far is the one with the lowest tie-break, then the smallest', async () => {
    const { state } = await sharedToySearch();
    const front = [entry('a', [9, 2, 5], 1), entry('b', [3, 2, 5], 2), entry('c', [4, 1, 5], 1)];
    for (const order of orders(front as unknown as readonly Individual[])) {
      expect(bestIndividual({ ...state, archive: { ...state.archive, front: order } })?.id).toBe('c');
    }
  });
});

describe('what a model is shown', () => {
  it('has experiments of equal error in the order of the data', async () => {
    const { state } = await sharedToySearch();
    const [parent] = state.archive.front as readonly [Individual];
    const train = [3, 8, 3, 8].map((mape, at) => ({
      ...parent.evaluation.metrics.train[0]!,
      id: `e${at}`,
      mape,
      e2eBlockError: 9 - mape,
    }));
    const worst = (objective: 'mape' | 'e2e'): string =>
      ids(
        worstExperiments(
          { ...parent, evaluation: { ...parent.evaluation, metrics: { train, valid: [] } } },
          { ...TOY_TASK, objective },
        ),
      );
    expect(worst('mape')).toBe('e1 e3 e0 e2');
    expect(worst('e2e')).toBe('e0 e2 e1 e3');
  });
});
