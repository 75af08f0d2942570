import { expect, it } from 'vitest';
import type { ResidualTerm } from '../../src/evaluate/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import { type FeatureTable, interpret, parseProgram, printSource, type Program } from '../../src/program/index.ts';
import { withProgram } from '../../src/search/operators/grammar/material.ts';
import { residualTerm } from '../../src/search/operators/grammar/mutations/residual-term.ts';
import { tidy } from '../../src/search/operators/grammar/tidy.ts';
import { moduleOf, read } from '../program/operation-programs.ts';

const FEATURES: FeatureTable = ['tokens', 'requests', 'contextTokens'].map((name) => ({
  name,
  unit: 'tokens',
  meaning: name,
  range: [0, 1000],
}));
const PARENT = read(moduleOf('c.alpha + c.beta * batch.tokens'));
const ROW = { tokens: 40, requests: 10, contextTokens: 300 };

function childOf(missing: readonly ResidualTerm[], seed: number): Program | undefined {
  const material = withProgram(
    { id: '', residuals: new Map<string, number>(), missing, idle: new Set<string>() },
    PARENT,
    FEATURES,
  );
  return residualTerm({ features: FEATURES, material, mate: () => material }, createRandom(seed));
}

function valueOf({ graph, constants }: Program): number {
  const starts = Object.fromEntries(constants.map(({ name, start }) => [name, start]));
  return interpret(graph, { features: ROW, constants: starts })[0]!;
}

const P = valueOf(PARENT);

it.each<[string, ResidualTerm['place'], number, number, number]>([
  ['requests', 'sum', 3, P + 30, 3],
  ['requests * contextTokens', 'sum', -0.01, P - 30, 3],
  ['contextTokens', 'factor', 0.001, P * 1.3, 3],
  ['Math.max(contextTokens - 250, 0)', 'sum', -2, P - 100, 4],
  ['Math.log1p(contextTokens / 150)', 'sum', 5, P + 5 * Math.log(3), 4],
  ['1 - Math.exp(-contextTokens / 150)', 'factor', 0.1, P * (1 + 0.1 * -Math.expm1(-2)), 4],
  // A block of 16 tokens stands as a number.
  ['Math.ceil(requests / 16)', 'sum', 7, P + 7, 3],
  ['requests > 5 ? 1 : 0', 'factor', 0.5, P * 1.5, 4],
  ['requests > 5 ? 1 : 0', 'sum', 20, P + 20, 4],
])('a program gets a term that it lacks: %s (%s)', (term, place, coefficient, value, constants) => {
  const child = childOf([{ term, place, coefficient, gain: 0.5 }], 1)!;
  expect(valueOf(child)).toBeCloseTo(value, 8);
  const tidied = tidy(child);
  expect(valueOf(tidied)).toBeCloseTo(value, 8);
  expect(tidied.constants.length).toBe(constants);
  expect(parseProgram(printSource(tidied)).ok).toBe(true);
});

it('more likely one that gains more, now and then two, and none where nothing is missing', () => {
  const missing: readonly ResidualTerm[] = [
    { term: 'requests', place: 'sum', coefficient: 3, gain: 0.6 },
    { term: 'contextTokens', place: 'sum', coefficient: 0.5, gain: 0.1 },
  ];
  const values = Array.from({ length: 100 }, (_, seed) => Math.round(valueOf(childOf(missing, seed)!) - P));
  const count = (value: number): number => values.filter((each) => each === value).length;
  const both = count(180);
  expect(count(30) / 2).toBeGreaterThan(count(150));
  expect(both).toBeGreaterThan(10);
  expect(childOf([], 1)).toBeUndefined();
});
