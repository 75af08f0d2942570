import { describe, expect, it } from 'vitest';
import type { ClosedLoopFit, Evaluator, Rejected } from '../../src/evaluate/index.ts';
import {
  type ClosedLoopEvent,
  pickProgram,
  restoreSnapshot,
  type SearchDependencies,
  takeSnapshot,
} from '../../src/search/index.ts';
import { choosable } from '../../src/search/pick.ts';
import { createToyEvaluator } from './toy-evaluator.ts';
import { toyDependencies, toySearch, toySettings } from './toy-search.ts';

type CloseLoop = NonNullable<Evaluator['closeLoop']>;
type FittedProgram = Parameters<CloseLoop>[0][number];

/** The larger a program, the worse it does in closed loop: the other way round than by its rows. */
function loopOf({ program, fits }: FittedProgram): ClosedLoopFit {
  const validationError = program.constants.length;
  const latencies = { ttft: 3, itl: 2, e2e: 1 };
  return { fits, rounds: 4, converged: true, saturated: [], error: 1, validationError, latencies };
}

function dependencies(closeLoop: CloseLoop, changes: Partial<SearchDependencies> = {}): SearchDependencies {
  return toyDependencies({ evaluator: { ...createToyEvaluator(), closeLoop }, ...changes });
}

const all: CloseLoop = (programs) => Promise.resolve(programs.map(loopOf));

function loopEvents({ generations }: Awaited<ReturnType<typeof toySearch>>): readonly ClosedLoopEvent[] {
  return generations.flatMap(({ events }) => events.filter((event) => event.type === 'closed-loop'));
}

describe('a search whose programs can be served', () => {
  const settings = toySettings({ generations: 2 });

  it('ends with one fit in closed loop of those that may be chosen, and chooses by it', async () => {
    const search = await toySearch(settings, dependencies(all));
    const events = loopEvents(search);
    const { front } = search.state.archive;
    expect(events).toHaveLength(1);
    expect(events[0]!.generation).toBe(search.state.generation);
    expect(search.generations.at(-1)!.events).toContain(events[0]);
    expect(events[0]!.programs.map(({ id }) => id)).toEqual(choosable(front, 'replay').map(({ id }) => id));
    const smallest = Math.min(...choosable(front, 'replay').map(({ program }) => program.constants.length));
    expect(pickProgram(front, 'replay')!.program.constants).toHaveLength(smallest);
    expect(pickProgram(front, 'replay')!.evaluation.closedLoop!.validationError).toBe(smallest);
  });

  it('serves the pick alone where it is to', async () => {
    const plain = await toySearch(settings);
    const search = await toySearch(settings, dependencies(all, { objective: 'mape' }));
    const pick = pickProgram(plain.state.archive.front, 'replay')!.id;
    expect(loopEvents(search)[0]!.programs.map(({ id }) => id)).toEqual([pick]);
    expect(pickProgram(search.state.archive.front, 'replay')!.id).toBe(pick);
  });

  it('ends with the coverage of intervals of what could be picked, and of no more', async () => {
    const seeds = toySettings({ generations: 1 });
    const asked: FittedProgram[] = [];
    const judging = (coverageOf: (at: number) => number | null) => {
      asked.length = 0;
      const coverage: Evaluator['coverage'] = (fitted) => {
        const found = coverageOf(asked.push(fitted) - 1);
        return Promise.resolve(found === null ? null : { rows: 90, coverage: found, low: found - 2, high: found + 2 });
      };
      return toySearch(seeds, toyDependencies({ evaluator: { ...createToyEvaluator(), coverage } }));
    };
    const plain = pickProgram((await toySearch(seeds)).state.archive.front, 'replay')!;
    const agreeing = pickProgram((await judging(() => 90)).state.archive.front, 'replay')!;
    expect(agreeing.id).toBe(plain.id);
    expect(agreeing.evaluation.coverage).toEqual({ rows: 90, coverage: 90, low: 88, high: 92 });
    expect(asked.length).toBeLessThanOrEqual(2);
    const { state } = await judging((at) => (at === 0 ? 50 : 90));
    const [first] = asked;
    expect(first!.program).toEqual(plain.program);
    expect(pickProgram(state.archive.front, 'replay')!.id).not.toBe(plain.id);
    const none = await judging(() => null);
    expect(none.generations.at(-1)!.events.some(({ type }) => type === 'coverage')).toBe(false);
  });

  it('leaves out what came to nothing, or has no error, and chooses by rows where nothing is left', async () => {
    const answers: readonly ((fitted: FittedProgram) => ClosedLoopFit | Rejected)[] = [
      () => ({ status: 'rejected', reason: 'timeout', detail: 'no result' }),
      (fitted) => ({ ...loopOf(fitted), error: Number.NaN }),
      (fitted) => ({ ...loopOf(fitted), validationError: Number.NaN }),
    ];
    const [noFit, noError, noValidation] = await Promise.all(
      answers.map((answer) =>
        toySearch(
          settings,
          dependencies((programs) => Promise.resolve(programs.map(answer))),
        ),
      ),
    );
    const plain = await toySearch(settings);
    expect(loopEvents(noFit!)[0]!.failed![0]).toMatchObject({ reason: 'timeout', detail: 'no result' });
    expect(loopEvents(noError!)[0]!.failed![0]).toMatchObject({ reason: 'not-finite' });
    for (const search of [noFit!, noError!, noValidation!]) {
      expect(loopEvents(search).map(({ programs }) => programs)).toEqual([[]]);
      expect(loopEvents(search)[0]!.failed).toHaveLength(choosable(plain.state.archive.front, 'replay').length);
      expect(pickProgram(search.state.archive.front, 'replay')!.id).toBe(
        pickProgram(plain.state.archive.front, 'replay')!.id,
      );
    }
  });

  it('does the last generation again as it was where it was interrupted in it', async () => {
    const whole = await toySearch(settings, dependencies(all));
    const before = JSON.parse(JSON.stringify(takeSnapshot(whole.generations.at(-2)!.state)));
    const rest = await toySearch(settings, dependencies(all), restoreSnapshot(settings, before));
    expect(rest.generations.map(({ events }) => events)).toEqual([whole.generations.at(-1)!.events]);
    const stored = JSON.parse(JSON.stringify(takeSnapshot(whole.state)));
    const { archive } = restoreSnapshot(settings, stored);
    expect(pickProgram(archive.front, 'replay')!.evaluation.closedLoop).toEqual(
      pickProgram(whole.state.archive.front, 'replay')!.evaluation.closedLoop,
    );
  });
});
