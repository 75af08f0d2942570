import { describe, expect, it } from 'vitest';
import type { Accepted } from '../../src/evaluate/index.ts';
import {
  type EventReader,
  EventWalk,
  ignore,
  type ProposedEvent,
  readEvents,
  type SearchEvent,
} from '../../src/search/index.ts';
import { sharedToySearch } from './toy-search.ts';

const COUNT: EventReader<number> = {
  called: ignore,
  proposed: (count) => count + 1,
  rejected: ignore,
  evaluated: ignore,
  inserted: ignore,
  refitted: ignore,
  'closed-loop': ignore,
  coverage: ignore,
  migrated: ignore,
  frontier: ignore,
  validation: ignore,
  generation: ignore,
};

function proposed(sequence: number): ProposedEvent {
  return {
    type: 'proposed',
    sequence,
    generation: 0,
    operator: 'seed',
    mutation: 'a',
    parents: [],
    island: 0,
    child: 0,
    id: 'an-id-of-its-own',
    source: 'export const constants = {};\nexport function predictStepTime(batch, c) { return batch.tokens; }\n',
  };
}

const evaluation: Accepted = {
  status: 'ok',
  error: 5,
  validationError: 6,
  fits: [],
  metrics: { train: [], valid: [] },
  residualCorrelations: [],
  invariants: { nonPositive: 0, deterministic: true, pure: true, monotonicityViolations: 0 },
};

const GENERATION: SearchEvent = { type: 'generation', generation: 0, stopped: null };

describe('a reader of events', () => {
  it('does not compile while it leaves a type of event out', () => {
    const { validation: _, ...partial } = COUNT;
    // @ts-expect-error: it does not say what it does with validation events.
    const reader: EventReader<number> = partial;
    expect(Object.keys(reader)).toHaveLength(Object.keys(COUNT).length - 1);
  });

  it('is given every event of a search', async () => {
    const { generations, state } = await sharedToySearch();
    const events = generations.flatMap((generation) => generation.events);
    expect(readEvents(COUNT, 0, events)).toBe(state.counts.proposed);
  });

  it('is told of each open proposal what became of it so far', () => {
    const seen: string[] = [];
    const walk = new EventWalk<undefined>(
      {
        ...(COUNT as unknown as EventReader<undefined>),
        proposed: (state) => state,
        generation: (state, _, { proposals }) => {
          for (const { event, evaluation: accepted, rejection } of proposals) {
            seen.push(`${event.sequence} ${accepted?.error ?? rejection?.reason ?? 'open'}`);
          }
          return state;
        },
      },
      undefined,
    );
    for (const sequence of [3, 4, 5]) walk.read(proposed(sequence));
    walk.read({ type: 'rejected', sequence: 4, reason: 'screen', detail: '' });
    walk.read({ type: 'evaluated', sequence: 3, evaluation });
    walk.read(GENERATION);
    expect(seen).toEqual(['3 5', '4 screen', '5 open']);
    expect([...walk.context.proposals]).toEqual([]);
  });

  it('is given an evaluated program under the id of its event, whatever the program would be called today', () => {
    const walk = new EventWalk(COUNT, 0);
    walk.read(proposed(0));
    walk.read({ type: 'evaluated', sequence: 0, evaluation });
    expect(walk.context.proposal(0).individual).toMatchObject({
      id: 'an-id-of-its-own',
      criteria: { operations: 0, features: 1, error: 5 },
      origin: { sequence: 0, operator: 'seed', mutation: 'a' },
    });
  });

  it.each<[string, readonly SearchEvent[], RegExp]>([
    ['speaks of no open proposal', [{ type: 'evaluated', sequence: 7, evaluation }], /no open proposal 7/],
    ['comes twice', [proposed(1), proposed(1)], /proposal 1 comes twice/],
    [
      'speaks of a proposal of an earlier generation',
      [proposed(1), GENERATION, { type: 'rejected', sequence: 1, reason: 'screen', detail: '' }],
      /no open proposal 1/,
    ],
  ])('is given no event that %s', (_, events, message) => {
    expect(() => readEvents(COUNT, 0, events)).toThrow(message);
  });

  it('cannot have the individual of a proposal that was not evaluated', () => {
    const walk = new EventWalk(COUNT, 0);
    walk.read(proposed(1));
    expect(() => walk.context.proposal(1).individual).toThrow(/no evaluated proposal 1/);
  });
});
