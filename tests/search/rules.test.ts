import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { assignOperators, costAwareWeights } from '../../src/search/assign.ts';
import { adaptiveWeights, rewardOf, updateCredit } from '../../src/search/credit.ts';
import type { ReadContext } from '../../src/search/event-reader.ts';
import {
  type Individual,
  initialState,
  type Insertion,
  readEvents,
  SEARCH_STATE,
  type SearchEvent,
  type SearchRejectReason,
  type SearchState,
} from '../../src/search/index.ts';
import { barrenAt, progressAt } from '../../src/search/progress.ts';
import { NO_TALLY, tallyInsertion } from '../../src/search/tally.ts';
import { toySettings } from './toy-search.ts';

describe('the reward of an insertion', () => {
  const insertion = (status: Insertion['status'], front: boolean, gain: number): Insertion => ({
    status,
    front,
    gain,
    by: 1,
  });

  it.each([
    ['that lowers the front by a tenth', insertion('new', true, 0.1), 1],
    ['that lowers it by more', insertion('improved', true, 0.7), 1],
    ['that lowers it by a twentieth', insertion('improved', true, 0.05), 0.5],
    ['that lowers it by next to nothing, in a niche', insertion('new', true, 0.001), 0.03],
    ['that lowers it by next to nothing, in none', insertion('rejected', true, 0.001), 0.01],
    ['that fills a niche alone', insertion('new', false, 0), 0.03],
    ['that takes a niche alone', insertion('improved', false, 0), 0.03],
    ['that comes to nothing', insertion('rejected', false, 0), 0],
  ])('%s', (_, inserted, reward) => {
    expect(rewardOf(inserted)).toBeCloseTo(reward, 12);
  });

  it('moves the credit by 8 % of the way to it, from 0.3 on', () => {
    const first = updateCredit(undefined, 1);
    expect(first.uses).toBe(1);
    expect(first.value).toBeCloseTo(0.3 + 0.08 * 0.7, 12);
    const second = updateCredit(first, 0);
    expect(second.uses).toBe(2);
    expect(second.value).toBeCloseTo(0.92 * first.value, 12);
  });

  it('is counted as inserted where the archive took it, as improved where the front was lowered', () => {
    const counts = (inserted: Insertion): readonly number[] => {
      const tally = tallyInsertion(inserted)(NO_TALLY);
      return [tally.inserted ?? 0, tally.improved ?? 0];
    };
    expect(counts(insertion('new', true, 0.2))).toEqual([1, 1]);
    expect(counts(insertion('rejected', true, 0.2))).toEqual([1, 1]);
    expect(counts(insertion('new', true, 0))).toEqual([1, 0]);
    expect(counts(insertion('improved', false, 0.2))).toEqual([1, 0]);
    expect(counts(insertion('rejected', false, 0))).toEqual([0, 0]);
  });
});

describe('the weights of what is drawn', () => {
  it('keep three tenths of their base for mutations that earn nothing', () => {
    const weights = adaptiveWeights(
      { good: 1, poor: 2 },
      { good: { uses: 9, value: 0.5 }, poor: { uses: 9, value: 0 } },
    );
    expect(weights['poor']).toBeCloseTo(2 * 0.3, 12);
    expect(weights['good']).toBeCloseTo(0.3 + 0.7 * 2, 12);
  });

  it('halve what an operator has earned for each cent that a program of it costs, and keep a tenth of their base', () => {
    const tally = (value: number, costUsd: number) => ({ ...NO_TALLY, valid: 4, costUsd, credit: { uses: 9, value } });
    const weights = costAwareWeights({ free: 1, cent: 1 }, { free: tally(0.25, 0), cent: tally(0.5, 0.04) });
    expect(weights['cent']).toBeCloseTo(weights['free']!, 12);
    const poor = costAwareWeights({ free: 1, poor: 3 }, { free: tally(0.5, 0), poor: tally(0, 0) });
    expect(poor['poor']).toBeCloseTo(3 * 0.1, 12);
  });
});

describe('after an outage', () => {
  const state = { ...initialState(toySettings({ operators: { llm: 1 } })), outages: { llm: 5 } };
  const asked = (generation: number, from: SearchState = state): ReadonlySet<string> =>
    new Set(assignOperators(from, generation, createRandom(1)));

  it('an operator is left alone for ten generations, and the grammar stands in', () => {
    expect([...asked(6)]).toEqual(['grammar']);
    expect([...asked(15)]).toEqual(['grammar']);
    expect([...asked(16)]).toEqual(['llm']);
  });

  it('others go on', () => {
    const mixed = { ...state, settings: toySettings({ operators: { llm: 1, random: 1, none: 0 } }) };
    expect([...asked(6, mixed)]).toEqual(['random']);
    expect([...asked(16, mixed)].sort()).toEqual(['llm', 'random']);
  });
});

describe('progress', () => {
  const settings = toySettings({ tolerance: 0.25 });
  const at = (error: number): SearchState => {
    const best = { id: 'x', objectives: { operations: 1, features: 1, error }, tieBreak: 0 } as unknown as Individual;
    const state = initialState(settings);
    return { ...state, archive: { ...state.archive, front: [best] }, progress: { error: 8, generation: 3 } };
  };

  it('is a best error that is lower by more than the tolerance', () => {
    expect(progressAt(at(6), 9)).toEqual({ error: 8, generation: 3 });
    expect(progressAt(at(5.999), 9)).toEqual({ error: 5.999, generation: 9 });
  });

  it('of models is a program that could be evaluated, whether or not it won its race', () => {
    const state = at(6);
    const asked = { ...state, spending: { ...state.spending, calls: 7 }, barren: { generations: 2, calls: 5 } };
    const after = (...fates: readonly object[]): ReadContext =>
      ({
        proposals: fates.map((fate, sequence) => ({ event: { type: 'proposed', sequence }, ...fate })),
      }) as unknown as ReadContext;
    const ofModel = { event: { type: 'proposed', sequence: 1, model: 'm' } };
    const outraced = { rejection: { reason: 'race' } };
    expect(barrenAt(asked, after(ofModel, {}))).toEqual({ generations: 3, calls: 7 });
    expect(barrenAt(asked, after(ofModel, outraced))).toEqual({ generations: 3, calls: 7 });
    expect(barrenAt(asked, after({ ...ofModel, rejection: { reason: 'screen' } })).generations).toBe(3);
    expect(barrenAt(asked, after({ ...ofModel, ...outraced }, {}))).toEqual({ generations: 0, calls: 7 });
    expect(barrenAt(asked, after({ ...ofModel, evaluation: {} })).generations).toBe(0);
    const notAsked = { ...asked, spending: { ...state.spending, calls: 5 } };
    expect(barrenAt(notAsked, after({ ...ofModel, evaluation: {} }))).toEqual({ generations: 2, calls: 5 });
  });
});

describe('a rejection', () => {
  const after = (reason: SearchRejectReason): SearchState => {
    const events: readonly SearchEvent[] = [
      {
        type: 'proposed',
        sequence: 0,
        generation: 1,
        island: 0,
        operator: 'grammar',
        mutation: 'term',
        parents: [],
        child: 0,
        id: 'aaaaaaaa',
        source: '',
      },
      { type: 'rejected', sequence: 0, reason, detail: 'of a test' },
    ];
    return readEvents(SEARCH_STATE, initialState(toySettings()), events);
  };

  it.each(['duplicate', 'no-proposal', 'timeout', 'crash'] as const)(
    'by %s says nothing of what a mutation is worth',
    (reason) => {
      expect(after(reason).credits).toEqual({});
      expect(after(reason).operators['grammar']?.credit).toBeNull();
    },
  );

  it.each(['caps', 'bounds', 'screen', 'race', 'not-finite', 'not-positive', 'memory', 'invalid'] as const)(
    'by %s lowers the credit of its mutation',
    (reason) => {
      const { value = 1, uses } = after(reason).credits['grammar']?.['term'] ?? {};
      expect(value).toBeCloseTo(0.92 * 0.3, 12);
      expect(uses).toBe(1);
    },
  );

  it('of what a model wrote is remembered, the last four of each operator', () => {
    const events = Array.from({ length: 6 }, (_, sequence): readonly SearchEvent[] => [
      {
        type: 'proposed',
        sequence,
        generation: 1,
        island: 0,
        operator: 'llm',
        mutation: 'point',
        parents: [],
        child: sequence,
        model: 'm',
        id: null,
        source: `${sequence}${'x'.repeat(2000)}`,
      },
      { type: 'rejected', sequence, reason: 'invalid', detail: `detail ${sequence}` },
    ]);
    const attempts = readEvents(SEARCH_STATE, initialState(toySettings()), events.flat()).attempts['llm'] ?? [];
    expect(attempts.map(({ detail }) => detail)).toEqual(['detail 2', 'detail 3', 'detail 4', 'detail 5']);
    expect(attempts.map(({ source }) => source.length)).toEqual([1000, 1000, 1000, 1000]);
    expect(after('invalid').attempts).toEqual({});
  });

  it('as a duplicate takes back that the program was new', () => {
    expect(after('duplicate').operators['grammar']).toMatchObject({ proposed: 1, valid: 0 });
    expect(after('screen').operators['grammar']).toMatchObject({ proposed: 1, valid: 1 });
  });
});
