import { describe, expect, it } from 'vitest';
import type { Evaluator } from '../../src/evaluate/index.ts';
import { UserError } from '../../src/base/index.ts';
import {
  archiveFigures,
  createGrammarOperator,
  dominates,
  initialState,
  type Operator,
  pickProgram,
  readEvents,
  restoreSnapshot,
  SEARCH_STATE,
  type SearchEvent,
  type SearchState,
  takeSnapshot,
} from '../../src/search/index.ts';
import { createToyEvaluator, TOY_SEEDS } from './toy-evaluator.ts';
import { sharedToySearch, toyDependencies, toySearch, toySettings } from './toy-search.ts';

function eventsOf(run: Awaited<ReturnType<typeof toySearch>>): SearchEvent[] {
  return run.generations.flatMap(({ events }) => events);
}

/** A state without the functions and sets that a deep comparison stumbles over. */
function plain(state: SearchState): unknown {
  return JSON.parse(JSON.stringify(takeSnapshot(state)));
}

function mapEvaluations(change: (evaluation: Awaited<ReturnType<Evaluator['evaluate']>>[number]) => typeof evaluation) {
  const evaluator = createToyEvaluator();
  return {
    ...evaluator,
    evaluate: async (candidates: Parameters<Evaluator['evaluate']>[0]) =>
      (await evaluator.evaluate(candidates)).map(change),
  };
}

function traceOf(events: SearchEvent[]): unknown[] {
  return events.map((e) => (e.type === 'proposed' ? e.id : e.type));
}

describe('search', () => {
  it('gives the same events for the same seed, in whatever order the answers are made', async () => {
    const once = eventsOf(await sharedToySearch());
    expect(JSON.stringify(eventsOf(await toySearch()))).toBe(JSON.stringify(once));
    const slow = createToyEvaluator((i) => (i * 7) % 5);
    const again = eventsOf(await toySearch(toySettings(), toyDependencies({ evaluator: slow })));
    expect(JSON.stringify(again)).toBe(JSON.stringify(once));
  });

  it('gives other events for another seed', async () => {
    const once = eventsOf(await sharedToySearch());
    expect(JSON.stringify(eventsOf(await toySearch(toySettings({ seed: 4 }))))).not.toBe(JSON.stringify(once));
  });

  it('is the fold of its events', async () => {
    const run = await sharedToySearch();
    const folded = readEvents(SEARCH_STATE, initialState(toySettings()), eventsOf(run));
    expect(plain(folded)).toEqual(plain(run.state));
  });

  it('goes on from any generation as if it had not stopped', async () => {
    const whole = await sharedToySearch();
    for (const at of [0, 2, 5]) {
      const stored = JSON.parse(JSON.stringify(takeSnapshot(whole.generations[at]?.state as SearchState)));
      const rest = await toySearch(toySettings(), toyDependencies(), restoreSnapshot(toySettings(), stored));
      expect(JSON.stringify(eventsOf(rest))).toBe(
        JSON.stringify(whole.generations.slice(at + 1).flatMap(({ events }) => events)),
      );
    }
  });

  it('ends in time with what as many generations give', async () => {
    const { generations } = await toySearch(toySettings({ generations: 50 }), {
      ...toyDependencies(),
      isTimeUp: (generation) => generation >= 3,
    });
    const { generations: counted } = await toySearch(toySettings({ generations: 3 }));
    const [last, lastCounted] = [generations.at(-1)!, counted.at(-1)!];
    expect(last.state.stopped).toBe('time');
    expect(generations.slice(0, -1).map(({ events }) => events)).toEqual(
      counted.slice(0, -1).map(({ events }) => events),
    );
    expect(last.events.slice(0, -1)).toEqual(lastCounted.events.slice(0, -1));
    expect(last.state.archive).toEqual(lastCounted.state.archive);
  });

  it('starts with the seed programs, on every island', async () => {
    const { generations } = await toySearch(toySettings({ generations: 0 }));
    expect(generations).toHaveLength(1);
    const { archive, counts } = generations[0]!.state;
    expect(counts).toEqual({ proposed: TOY_SEEDS.length, drafts: 0, evaluated: TOY_SEEDS.length, rejected: {} });
    const ids = archive.islands.map((elites) => elites.map((elite) => elite?.id));
    for (const island of ids) expect(island).toEqual(ids[0]);
  });

  it('evaluates eight children a generation and accounts for every proposal', async () => {
    const { generations, state } = await sharedToySearch();
    const { proposed, evaluated, rejected } = state.counts;
    expect(proposed).toBe(evaluated + Object.values(rejected).reduce((sum, n) => sum + n, 0));
    for (const { events } of generations.slice(1)) {
      const duplicates = events.filter((e) => e.type === 'rejected' && e.reason === 'duplicate').length;
      expect(events.filter((e) => e.type === 'proposed').length - duplicates).toBe(8);
    }
  });

  it('never evaluates a program twice', async () => {
    const evaluator = createToyEvaluator();
    const { state } = await toySearch(toySettings({ generations: 12 }), toyDependencies({ evaluator }));
    expect(new Set(evaluator.evaluated).size).toBe(evaluator.evaluated.length);
    expect(state.counts.rejected.duplicate).toBeGreaterThan(0);
  });

  it('rejects what an operator repeats as a duplicate, and goes on', async () => {
    const stubborn: Operator = {
      name: 'stubborn',
      redraws: 2,
      propose: ({ select }, random) => {
        const { program, id } = select(random);
        return Promise.resolve({ ok: true, mutation: 'copy', parents: [id], program });
      },
    };
    const { state } = await toySearch(
      toySettings({ generations: 2, operators: { stubborn: 1 } }),
      toyDependencies({ operators: [stubborn] }),
    );
    expect(state.generation).toBe(2);
    expect(state.counts.rejected).toEqual({ duplicate: 2 * 8 * 3 });
  });

  it('logs the text of an operator that came back with no program', async () => {
    const mute: Operator = {
      name: 'mute',
      redraws: 0,
      propose: () =>
        Promise.resolve({
          ok: false,
          mutation: 'guess',
          parents: [],
          reason: 'invalid',
          detail: 'no return',
          source: 'not a program',
        }),
    };
    const { generations, state } = await toySearch(
      toySettings({ generations: 1, children: 2, operators: { mute: 1 } }),
      toyDependencies({ operators: [mute] }),
    );
    expect(state.counts.rejected).toEqual({ invalid: 2 });
    const event = generations[1]?.events[0];
    expect(event?.type === 'proposed' && event.source).toBe('not a program');
  });

  it('tells the evaluator what would not enter, and ends the same where that is stopped', async () => {
    const settings = toySettings({ generations: 20 });
    const evaluator = createToyEvaluator();
    let stopped = 0;
    const racing: Evaluator = {
      ...evaluator,
      evaluate: async (candidates) => {
        const evaluations = await evaluator.evaluate(candidates);
        return evaluations.map((evaluation, i) => {
          const limit = candidates[i]?.limit ?? Number.POSITIVE_INFINITY;
          // At the limit itself the tie-break decides.
          if (evaluation.status !== 'ok' || evaluation.error <= limit) return evaluation;
          stopped++;
          return { status: 'rejected', reason: 'race', detail: `above ${limit}` };
        });
      },
    };
    const raced = await toySearch(settings, toyDependencies({ evaluator: racing }));
    const whole = await toySearch(settings);
    expect(stopped).toBeGreaterThan(20);
    expect(raced.state.counts.rejected.race).toBe(stopped);
    const archiveOf = (state: SearchState) => (plain(state) as { individuals: unknown }).individuals;
    expect(archiveOf(raced.state)).toEqual(archiveOf(whole.state));
  });

  it('fits the front to convergence at the end, and keeps what became better', async () => {
    const { generations, state } = await sharedToySearch();
    const before = generations.at(-2)!.state.archive;
    const refitted = generations.at(-1)!.events.flatMap((event) => (event.type === 'refitted' ? event.programs : []));
    expect(generations.slice(0, -1).flatMap(({ events }) => events.map(({ type }) => type))).not.toContain('refitted');
    expect(refitted.length).toBeGreaterThan(0);
    for (const { id, evaluation } of refitted) {
      const earlier = before.front.find((member) => member.id === id);
      if (earlier !== undefined) expect(evaluation.error).toBeLessThan(earlier.criteria.error);
      const places = [...state.archive.front, ...state.archive.islands.flat()].filter((member) => member?.id === id);
      for (const member of places) expect(member?.evaluation).toEqual(evaluation);
    }
    const errors = state.archive.front.map(({ criteria }) => criteria);
    expect(archiveFigures(state.archive).hypervolume).toBeGreaterThan(archiveFigures(before).hypervolume);
    expect(errors.every((a) => errors.every((b) => a === b || !dominates(a, b)))).toBe(true);
  });

  it('keeps the earlier fit where the last one fails, and says so', async () => {
    const evaluator = createToyEvaluator();
    const failing: Evaluator = {
      ...evaluator,
      evaluate: async (candidates) => {
        const evaluations = await evaluator.evaluate(candidates);
        return evaluations.map((evaluation, i) =>
          candidates[i]?.fits === undefined
            ? evaluation
            : { status: 'rejected', reason: 'timeout', detail: 'too slow' },
        );
      },
    };
    const settings = toySettings({ generations: 3 });
    const { generations, state } = await toySearch(settings, toyDependencies({ evaluator: failing }));
    const event = generations.at(-1)!.events.find(({ type }) => type === 'refitted');
    const failed = state.archive.front.map(({ id }) => ({ id, reason: 'timeout', detail: 'too slow' }));
    expect(event).toEqual({ type: 'refitted', generation: 3, programs: [], failed });
  });

  it('does not look at validation errors', async () => {
    const blind = mapEvaluations((e) => (e.status === 'ok' ? { ...e, validationError: 100 - e.validationError } : e));
    const run = await toySearch(toySettings(), toyDependencies({ evaluator: blind }));
    expect(traceOf(eventsOf(run))).toEqual(traceOf(eventsOf(await sharedToySearch())));
  });

  it('reports the frontier and checks validation when they are due', async () => {
    const run = await sharedToySearch();
    const frontier = eventsOf(run).filter((event) => event.type === 'frontier');
    expect(frontier.map(({ generation }) => generation)).toEqual([2, 4, 6]);
    expect(frontier[2]).toMatchObject(archiveFigures(run.state.archive));
    const checks = eventsOf(run).filter((event) => event.type === 'validation');
    expect(checks.map(({ generation }) => generation)).toEqual([3, 6]);
    expect(checks[1]?.program).toBe(pickProgram(run.state.archive.front, 'replay')?.id);
    expect(checks[1]?.gap).toBeCloseTo((checks[1]?.validationError ?? 0) - (checks[1]?.error ?? 0), 12);
  });

  it('stops when the best error has not improved for long enough', async () => {
    const { state } = await toySearch(toySettings({ generations: 50, patience: 3, tolerance: 0.9 }));
    expect(state.stopped).toBe('stagnation');
    expect(state.generation).toBe(state.progress.generation + 3);
  });

  it('rejects an error that is not a number', async () => {
    let count = 0;
    const evaluator = mapEvaluations((e) => (e.status === 'ok' && count++ % 4 === 3 ? { ...e, error: NaN } : e));
    const { state } = await toySearch(toySettings({ generations: 2 }), toyDependencies({ evaluator }));
    expect(state.counts.rejected['not-finite']).toBeGreaterThan(0);
    expect(state.archive.front.every(({ criteria }) => Number.isFinite(criteria.error))).toBe(true);
  });

  it('says why when no seed program can be evaluated', async () => {
    const evaluator = mapEvaluations(() => ({ status: 'rejected', reason: 'unknown-feature', detail: 'no kvTokens' }));
    const run = toySearch(toySettings(), toyDependencies({ evaluator }));
    await expect(run).rejects.toThrow(UserError);
    await expect(run).rejects.toThrow(/unknown-feature: no kvTokens/);
  });

  it('learns from what insertions earn', async () => {
    const { state } = await sharedToySearch();
    const credits = state.credits[createGrammarOperator().name] ?? {};
    const uses = Object.values(credits).reduce((sum, credit) => sum + credit.uses, 0);
    expect(uses).toBe(6 * 8);
    expect(new Set(Object.values(credits).map(({ value }) => value)).size).toBeGreaterThan(3);
  });
});
