import { describe, expect, it } from 'vitest';
import type { Evaluation, Evaluator } from '../../src/evaluate/index.ts';
import { printSource } from '../../src/program/index.ts';
import {
  type Individual,
  initialState,
  readEvents,
  restoreSnapshot,
  SEARCH_STATE,
  type SearchState,
  takeSnapshot,
} from '../../src/search/index.ts';
import { prunedOf } from '../../src/search/prune.ts';
import { weakConstants } from '../../src/search/weak-constants.ts';
import { programOf } from '../evaluate/tables.ts';
import { frontMember } from './front-member.ts';
import { createToyEvaluator } from './toy-evaluator.ts';
import { toyDependencies, toySearch, toySettings } from './toy-search.ts';

type Values = Readonly<Record<string, number | null>>;

/** A program with fits in two groups; the standard errors of the second are the first's unless it says so. */
function fitted(
  expression: string,
  constants: Readonly<Record<string, number>>,
  first: Values,
  second = first,
): Individual {
  const fits = [first, second].map((standardErrors, i) => ({ group: `g${i}`, constants, standardErrors }));
  return frontMember('x', { program: programOf(constants, expression), fits });
}

function bodiesOf(individual: Individual): readonly string[] {
  return prunedOf(individual).map(({ mutation, program }) => {
    const [body = ''] = /return (.*);/.exec(printSource(program))!.slice(1);
    return `${mutation}: ${body}`;
  });
}

const SUM = 'c.a + c.b * batch.tokens + c.d * batch.kv';

describe('a constant that the data does not need', () => {
  it('is not identified, 0, or within its standard error, in every group', () => {
    const constants = { a: 5, b: 2, d: -1 };
    const of = (first: Values, second?: Values) => weakConstants(fitted(SUM, constants, first, second));
    expect(of({ a: 1, b: 1, d: 1.5 })).toEqual([{ name: 'd', weakness: 'insignificant' }]);
    expect(of({ a: 1, b: 1, d: 1.5 }, { a: 1, b: 1, d: 0.5 })).toEqual([]);
    expect(of({ a: 1, b: null, d: 2 })).toEqual([
      { name: 'b', weakness: 'unidentified' },
      { name: 'd', weakness: 'insignificant' },
    ]);
    expect(of({ a: 1, b: null, d: 0.1 }, { a: 1, b: 0.1, d: 0.1 })).toEqual([]);
    expect(weakConstants(fitted(SUM, { ...constants, d: 0 }, { a: 1, b: 1, d: null }))).toEqual([
      { name: 'd', weakness: 'zero' },
    ]);
  });

  it('is no threshold, and none of which nothing is known', () => {
    const stepped = fitted('batch.tokens > c.b ? c.a * batch.tokens : batch.kv', { a: 1, b: 9 }, { a: 0.1, b: null });
    expect(weakConstants(stepped)).toEqual([]);
    expect(weakConstants(fitted(SUM, { a: 5, b: 2, d: 1 }, {}))).toEqual([]);
  });
});

describe('a pruned program', () => {
  const sure = { a: 0.1, b: 0.1, d: 0.1, e: 0.1 };

  it.each([
    ['a term of a sum', SUM, { d: 9 }, ['insignificant: c.a + c.b * batch.tokens']],
    ['a term that is a product', 'c.a + c.b * batch.tokens * batch.kv', { b: 9 }, []],
    [
      'a side of a maximum',
      'c.e * batch.kv + Math.max(c.a, c.b * batch.tokens)',
      { b: 9 },
      ['insignificant: c.e * batch.kv + c.a'],
    ],
    ['a side of a hypotenuse', 'Math.hypot(c.a, c.b * batch.tokens)', { a: 9 }, ['insignificant: c.b * batch.tokens']],
    ['what it is subtracted from', 'batch.kv - c.b * batch.tokens', { b: 9 }, ['insignificant: batch.kv']],
    [
      'an exponent',
      'c.a + c.b * batch.tokens + batch.kv ** c.d',
      { d: 9 },
      ['insignificant: c.a + c.b * batch.tokens'],
    ],
  ])('is without %s', (_, expression, errors, bodies) => {
    const names = ['a', 'b', 'd', 'e'].filter((name) => expression.includes(`c.${name}`));
    const constants = Object.fromEntries(names.map((name) => [name, 2]));
    expect(bodiesOf(fitted(expression, constants, { ...sure, ...errors }))).toEqual(bodies);
  });

  it('of one that is not identified has no term, or no factor', () => {
    const expression = 'c.a + c.b * Math.log1p(c.d * batch.tokens)';
    expect(bodiesOf(fitted(expression, { a: 2, b: 2, d: 2 }, { ...sure, b: null }))).toEqual([
      'unidentified: c.a + Math.log1p(c.d * batch.tokens)',
    ]);
    expect(
      bodiesOf(fitted(`c.e * batch.kv + ${expression}`, { a: 2, b: 2, d: 2, e: 2 }, { ...sure, b: null })),
    ).toEqual([
      'unidentified: c.e * batch.kv + c.a',
      'unidentified: c.e * batch.kv + c.a + Math.log1p(c.d * batch.tokens)',
    ]);
  });

  it('starts from the fitted constants', () => {
    const [pruned] = prunedOf(fitted(SUM, { a: 5, b: 2, d: 1 }, { a: 1, b: 1, d: 9 }));
    expect(pruned!.program.constants).toEqual([
      { name: 'a', start: 5 },
      { name: 'b', start: 2 },
    ]);
  });

  it('of one that is exact is without each of its terms in turn', () => {
    const { criteria, ...exact } = fitted(SUM, { a: 5, b: 2, d: 1e-15 }, { a: 1e-9, b: 1e-9, d: 1e-18 });
    expect(bodiesOf({ ...exact, criteria: { ...criteria, error: 0 } })).toEqual([
      'exact: c.b * batch.tokens + c.d * batch.kv',
      'exact: c.a + c.d * batch.kv',
      'exact: c.a + c.b * batch.tokens',
    ]);
    expect(bodiesOf({ ...exact, criteria })).toEqual([]);
  });
});

/** A world in which the last constant of every program is within its standard error. */
function doubtful(): Evaluator {
  const evaluator = createToyEvaluator();
  const doubt = (evaluation: Evaluation): Evaluation => {
    if (evaluation.status !== 'ok') return evaluation;
    const fits = evaluation.fits.map((fit) => {
      const names = Object.keys(fit.constants);
      const errors = names.map((name, i) => [name, i > 0 && i === names.length - 1 ? Infinity : 0]);
      return { ...fit, standardErrors: Object.fromEntries(errors) as Record<string, number> };
    });
    // JSON has no infinity.
    return JSON.parse(JSON.stringify({ ...evaluation, fits }, (_, value) => (value === Infinity ? 1e300 : value)));
  };
  return { ...evaluator, evaluate: async (candidates) => (await evaluator.evaluate(candidates)).map(doubt) };
}

describe('a search', () => {
  const settings = toySettings({ generations: 4 });
  const run = () => toySearch(settings, toyDependencies({ evaluator: doubtful() }));

  it('offers the archive what is left of a program in the generation in which it came', async () => {
    const { generations } = await run();
    const proposed = generations.flatMap(({ events }) => events).flatMap((e) => (e.type === 'proposed' ? [e] : []));
    const pruned = proposed.filter(({ operator }) => operator === 'prune');
    expect(pruned.length).toBeGreaterThan(0);
    for (const { parents, generation, mutation } of pruned) {
      expect(mutation).toBe('insignificant');
      const parent = proposed.find(({ id }) => id === parents[0])!;
      // At the end the whole front is gone through once more.
      if (generation < settings.generations) expect(parent.generation).toBe(generation);
    }
    const sequences = proposed.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.map((_, i) => i));
  });

  it('is the fold of its events, and goes on from any generation as if it had not stopped', async () => {
    const { generations, state } = await run();
    const plain = (of: SearchState): unknown => JSON.parse(JSON.stringify(takeSnapshot(of)));
    const events = generations.flatMap((generation) => generation.events);
    expect(plain(readEvents(SEARCH_STATE, initialState(settings), events))).toEqual(plain(state));
    expect(state.operators['prune']?.proposed).toBeGreaterThan(0);
    const stored = JSON.parse(JSON.stringify(takeSnapshot(generations[2]!.state)));
    const rest = await toySearch(
      settings,
      toyDependencies({ evaluator: doubtful() }),
      restoreSnapshot(settings, stored),
    );
    const eventsFrom = (made: typeof generations) => made.map((generation) => JSON.stringify(generation.events));
    expect(eventsFrom(rest.generations)).toEqual(eventsFrom(generations.slice(3)));
  });
});
