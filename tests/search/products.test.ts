import { expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { type FeatureTable, featuresWith, interpret, type Program } from '../../src/program/index.ts';
import { withProgram } from '../../src/search/operators/grammar/material.ts';
import type { Mutation } from '../../src/search/operators/grammar/mutation.ts';
import * as products from '../../src/search/operators/grammar/mutations/products.ts';
import { moduleOf, read } from '../program/operation-programs.ts';

/** The second has both signs. */
const FEATURES: FeatureTable = featuresWith(
  (
    [
      ['tokens', 1],
      ['requests', -5],
    ] as const
  ).map(([name, low]) => ({ name, unit: '1', meaning: name, range: [low, 5] })),
  { target: { name: 'y', unit: '1' } },
);
const ROW = { tokens: 2, requests: 3 };

function valueOf({ graph, constants }: Program): number {
  const starts = Object.fromEntries(constants.map(({ name, start }) => [name, start]));
  return interpret(graph, { features: ROW, constants: starts })[0]!;
}

function valuesOf(mutation: Mutation, parent: string, mate: string): readonly number[] {
  const [material, other] = [parent, mate].map((text) =>
    withProgram({ id: '', residuals: new Map(), missing: [], idle: new Set() }, read(moduleOf(text)), FEATURES),
  );
  const values = Array.from({ length: 60 }, (_, seed) => {
    const child = mutation({ features: FEATURES, material: material!, mate: () => other! }, createRandom(seed));
    return child === undefined ? [] : [valueOf(child)];
  });
  return [...new Set(values.flat())].sort((a, b) => a - b);
}

// With tokens 2 and requests 3.
it.each<[string, Mutation, string, string, readonly number[]]>([
  ['times a column, over one that keeps its sign', products.scaleByColumn, 'batch.tokens', '1', [1, 4, 6]],
  ['times or over a part of a mate', products.scaleByPart, 'batch.requests', 'batch.tokens + 1', [1, 1.5, 6, 9]],
  ['times a part that changes its sign', products.scaleByPart, 'batch.tokens', 'batch.requests', [6]],
  ['squared', products.square, 'batch.requests', '1', [9]],
  ['never over what may be 0', products.reciprocal, 'batch.requests', '1', []],
])('a part is %s', (_, mutation, parent, mate, values) => {
  expect(valuesOf(mutation, parent, mate)).toEqual(values);
});
