import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { DEFAULT_CAPS, interpret, parseProgram, type Program } from '../../src/program/index.ts';
import {
  adaptiveWeights,
  createGrammarOperator,
  createSelector,
  type Credits,
  members,
  withFittedStarts,
} from '../../src/search/index.ts';
import { tidy } from '../../src/search/operators/grammar/tidy.ts';
import { describeOperator } from './operator-conformance.ts';
import { TOY_FEATURES } from './toy-evaluator.ts';
import { sharedToySearch, toySearch, toySettings } from './toy-search.ts';

describeOperator(createGrammarOperator);

function read(constants: string, value: string): Program {
  const text = `export const constants = ${constants};\nexport function predictStepTime(batch, c) {\n  return ${value};\n}\n`;
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.program;
}

function starts(program: Program): Record<string, number> {
  return Object.fromEntries(program.constants.map(({ name, start }) => [name, start]));
}

describe('tidy', () => {
  it.each([
    ['a factor of a sum', '{ k: 3, a: 2, b: 5 }', 'c.k * (c.a * batch.x + c.b)', { a: 6, b: 15 }],
    ['a factor of a maximum', '{ k: 3, a: 2, b: 5 }', 'c.k * Math.max(c.a * batch.x, c.b * batch.y)', { a: 6, b: 15 }],
    ['a factor of a root', '{ k: 3, a: 2 }', 'c.k * Math.sqrt(c.a * batch.x)', { a: 18 }],
    ['a factor in a longer product', '{ k: 3, a: 2, b: 4 }', 'c.k * batch.x * (c.a + c.b * batch.y)', { a: 6, b: 12 }],
    ['an addend of a maximum', '{ k: 3, a: 2, b: 5 }', 'c.k + Math.max(c.a + batch.x, c.b + batch.y)', { a: 5, b: 8 }],
  ])('takes %s in', (_, constants, value, expected) => {
    expect(starts(tidy(read(constants, value)))).toEqual(expected);
  });

  it.each([
    ['one branch has no constant', '{ k: 3, a: 2 }', 'c.k * Math.max(c.a * batch.x, batch.y)'],
    ['a number stands in the sum', '{ k: 3, a: 2 }', 'c.k * (1 + c.a * batch.x)'],
    ['a constant is used elsewhere too', '{ k: 3, a: 2 }', 'c.k * Math.hypot(c.a * batch.x, c.a * batch.y)'],
    ['the factor is negative and there is an extreme', '{ k: -3, a: 2, b: 4 }', 'c.k * Math.max(c.a * batch.x, c.b)'],
  ])('keeps the factor where %s', (_, constants, value) => {
    const before = read(constants, value);
    expect(starts(tidy(before))).toEqual(starts(before));
  });
});

describe('credit', () => {
  const base = { good: 1, bad: 1 };

  it('draws what has earned more often, and never stops to try the other', () => {
    const credits: Credits = { good: { uses: 50, value: 0.6 }, bad: { uses: 50, value: 0 } };
    const weights = adaptiveWeights(base, credits);
    expect(weights['good']).toBeGreaterThan(3 * (weights['bad'] as number));
    expect(weights['bad']).toBeGreaterThan(0.2);
  });

  it('is the base weight before anything is learnt', () => {
    expect(adaptiveWeights({ a: 2, b: 0.5 }, {})).toEqual({ a: 2, b: 0.5 });
  });

  it('steers the operator', async () => {
    const { archive } = (await sharedToySearch()).state;
    const operator = createGrammarOperator();
    const draws = async (credits: Credits): Promise<number> => {
      let count = 0;
      for (let i = 0; i < 200; i++) {
        const select = createSelector(archive, 0);
        const context = { generation: 1, child: i, features: TOY_FEATURES, caps: DEFAULT_CAPS, select, credits };
        if ((await operator.propose(context, createRandom(i))).mutation === 'prune') count++;
      }
      return count;
    };
    const praised = await draws({ prune: { uses: 9, value: 1 } });
    const blamed = await draws({ prune: { uses: 9, value: 0 } });
    expect(praised).toBeGreaterThan(1.5 * blamed);
  });
});

describe('grammar search', () => {
  it('proposes nothing that has no value at the ends of the features’ ranges', async () => {
    const { archive } = (await sharedToySearch()).state;
    const select = createSelector(archive, 0);
    const ends = [0, 1].map((end) =>
      Object.fromEntries(TOY_FEATURES.map(({ name, range }) => [name, range[end] ?? 0])),
    );
    for (let child = 0; child < 200; child++) {
      const context = { generation: 1, child, features: TOY_FEATURES, caps: DEFAULT_CAPS, select, credits: {} };
      const proposal = await createGrammarOperator().propose(context, createRandom(child));
      const program = proposal.ok ? proposal.program : undefined;
      const values = ends.flatMap((features) =>
        program === undefined ? [] : interpret(program.graph, { features, constants: starts(program) }),
      );
      expect(values.every(Number.isFinite)).toBe(true);
    }
  });

  it('hands fitted constants on to children', async () => {
    const { archive } = (await sharedToySearch()).state;
    const children = members(archive).filter(({ origin }) => origin.mutation === 'term' && origin.parents.length === 1);
    const fitted = new Set(
      members(archive).flatMap((parent) => withFittedStarts(parent).constants.map(({ start }) => start)),
    );
    // The archive may have replaced the parent of one or another.
    const heirs = children.filter(({ program }) => program.constants.some(({ start }) => fitted.has(start)));
    expect(heirs.length).toBeGreaterThan(0);
  });

  it('finds most of a law that no seed program states', async () => {
    const { generations, state } = await toySearch(toySettings({ generations: 30 }));
    const errorAfter = (n: number): number =>
      Math.min(...(generations[n]?.state.archive.front ?? []).map(({ criteria }) => criteria.error));
    expect(errorAfter(30)).toBeLessThan(errorAfter(0) / 3);
    expect(state.archive.front.length).toBeGreaterThan(4);
  });
});
