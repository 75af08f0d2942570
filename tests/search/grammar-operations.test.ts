import { describe, expect, it } from 'vitest';
import { readTemplates } from '../../src/llm/index.ts';
import { createRandom } from '../../src/numeric/index.ts';
import {
  DEFAULT_CAPS,
  type DrawnBy,
  type FeatureTable,
  interpret,
  measure,
  OP_NAMES,
  OPERATIONS,
  type OpName,
  parseProgram,
  printSource,
  type Program,
} from '../../src/program/index.ts';
import { TEMPLATE_NAMES } from '../../src/search/index.ts';
import { type Material, withProgram } from '../../src/search/operators/grammar/material.ts';
import type { Mutation } from '../../src/search/operators/grammar/mutation.ts';
import * as change from '../../src/search/operators/grammar/mutations/change.ts';
import * as grow from '../../src/search/operators/grammar/mutations/grow.ts';
import * as products from '../../src/search/operators/grammar/mutations/products.ts';
import * as shrink from '../../src/search/operators/grammar/mutations/shrink.ts';
import { renameByRole } from '../../src/search/operators/grammar/naming.ts';
import { palette } from '../../src/search/operators/grammar/palette.ts';
import { tidy } from '../../src/search/operators/grammar/tidy.ts';
import { systemPrompt } from '../../src/search/operators/llm/prompt.ts';
import { moduleOf, programOf, read } from '../program/operation-programs.ts';
import { TOY_TASK } from './llm-world.ts';

const FEATURES: FeatureTable = ['tokens', 'requests', 'contextTokens'].map((name, k) => ({
  name,
  unit: 'tokens',
  meaning: name,
  range: [1, 4 + k],
}));
const MUTATIONS: readonly Mutation[] = Object.values({ ...change, ...grow, ...shrink, ...products });
const NO_KNOWLEDGE = { id: '', residuals: new Map<string, number>(), missing: [], idle: new Set<string>() };

function operationsOf({ graph }: Program): readonly OpName[] {
  return graph.nodes.flatMap((node) => (node.kind === 'op' ? [node.op] : []));
}
function materialOf(program: Program): Material {
  return withProgram(NO_KNOWLEDGE, program, FEATURES);
}
function mutate(mutation: Mutation, program: Program, seed: number | string): Program | undefined {
  return mutation(
    { features: FEATURES, material: materialOf(program), mate: () => materialOf(START) },
    createRandom(seed),
  );
}
const START = read(moduleOf('c.alpha * batch.tokens'));

describe.each(OP_NAMES)('the grammar and %s', (op) => {
  const { arity, kind, grammar } = OPERATIONS[op];
  const parent = programOf(op);

  it('changes, moves and drops it, and every child can be written', () => {
    for (const [k, mutation] of MUTATIONS.entries()) {
      for (let seed = 0; seed < 3; seed++) {
        const child = mutate(mutation, parent, seed * 100 + k);
        if (child === undefined) continue;
        const tidied = tidy(child);
        for (const each of [child, tidied, renameByRole(tidied, parent)]) {
          expect(parseProgram(printSource(each)).ok).toBe(true);
        }
      }
    }
    // Of three arguments one is dropped at a time.
    const pruned = (program: Program, seed: number): Program =>
      mutate(shrink.prune, mutate(shrink.prune, program, seed) ?? program, seed + 1) ?? program;
    const children = Array.from({ length: 40 }, (_, seed) => pruned(parent, seed));
    const without = children.filter((child) => !operationsOf(child).includes(op));
    expect(without.length).toBeGreaterThan(0);
  });

  it('puts each of its kindred in its place, of the same form', () => {
    const children = Array.from({ length: 200 }, (_, seed) => mutate(change.point, parent, seed));
    const put = new Set(children.flatMap((child) => (child === undefined ? [] : operationsOf(child))));
    for (const other of grammar.kindred) {
      expect(OPERATIONS[other]).toMatchObject({ arity, kind });
      expect(put).toContain(other);
    }
    expect(new Set([op, ...grammar.kindred]).size).toBe(1 + grammar.kindred.length);
  });

  it('calls a constant after what it does there', () => {
    const { constantName, constantSuffix } = grammar;
    expect(`tokens${constantSuffix ?? ''}`).toMatch(/^[a-z]\w*$/i);
    expect(constantName).toMatch(/^[a-z]\w*$/i);
    const before = read(moduleOf(op === 'mul' ? 'c.alpha + batch.tokens' : 'c.alpha * batch.tokens'));
    const inside = read(
      printSource(parent).replace('c.alpha * batch.tokens', 'c.alpha').replace('batch.requests', 'batch.tokens'),
    );
    const user = inside.graph.nodes.find(
      (node) => node.kind === 'op' && node.args.some((arg) => inside.graph.nodes[arg]?.kind === 'constant'),
    );
    if (user?.kind !== 'op' || user.op !== op) return;
    const expected = constantSuffix === undefined || user.args.length < 2 ? constantName : `tokens${constantSuffix}`;
    expect(renameByRole(inside, before).constants[0]?.name).toBe(expected);
  });
});

describe('the grammar', () => {
  it.each(['bound', 'combine', 'curve', 'graft'] as const satisfies readonly DrawnBy[])(
    'has every place of the list for %s taken once',
    (mutation) => {
      const places = OP_NAMES.flatMap((op) => OPERATIONS[op].grammar.draws[mutation] ?? []);
      expect([...places].sort((a, b) => a - b)).toEqual(places.map((_, place) => place));
      expect(palette(mutation)).toHaveLength(places.length);
    },
  );

  it('writes of itself what the table says that it writes, and nothing else', () => {
    const written = new Set<OpName>();
    for (let seed = 0; seed < 1500; seed++) {
      const random = createRandom(seed).split('written');
      let program = START;
      for (let step = 0; step < 5; step++) {
        const child = mutate(random.pick(MUTATIONS), program, `${seed} ${step}`);
        const isUsable = child !== undefined && child.graph.nodes.length < 40 && measure(child).features.length > 0;
        if (isUsable) program = tidy(child);
      }
      for (const op of operationsOf(program)) written.add(op);
    }
    // Some are so rare that only their kindred were seen.
    const reached = new Set([...written].flatMap((op) => [op, ...OPERATIONS[op].grammar.kindred]));
    expect(OP_NAMES.filter((op) => reached.has(op))).toEqual(OP_NAMES.filter((op) => OPERATIONS[op].grammar.isWritten));
  });
});

describe('signs', () => {
  const parent = read(moduleOf('c.alpha + c.beta * batch.tokens - batch.requests'));
  const inputs = {
    features: { tokens: 3, requests: 10, contextTokens: 2 },
    constants: { alpha: 100, beta: 7 },
  };

  it('of one term are turned, of any but the only one that is added', () => {
    const values = new Set<number>();
    for (let seed = 0; seed < 60; seed++) {
      const child = mutate(change.turnSign, parent, seed);
      if (child !== undefined) values.add(interpret(child.graph, inputs)[0]!);
    }
    // 100 + 21 − 10 with each sign in turn.
    expect([...values].sort((a, b) => a - b)).toEqual([-89, 69, 131]);
    expect(mutate(change.turnSign, read(moduleOf('c.alpha - c.beta * batch.tokens')), 1)).toBeDefined();
    expect(mutate(change.turnSign, START, 1)).toBeUndefined();
  });

  it('of new terms follow the residuals', () => {
    const signsFor = (r: number): readonly number[] => {
      const residuals = new Map(FEATURES.map(({ name }) => [name, r]));
      const material = withProgram({ ...NO_KNOWLEDGE, residuals }, START, FEATURES);
      const children = Array.from({ length: 60 }, (_, seed) =>
        grow.addTerm({ features: FEATURES, material, mate: () => material }, createRandom(seed)),
      );
      return children.map((child) => (child !== undefined && operationsOf(child).includes('sub') ? -1 : 1));
    };
    const sum = (all: readonly number[]): number => all.reduce((a, b) => a + b, 0);
    expect(sum(signsFor(0.5))).toBeGreaterThan(15);
    expect(sum(signsFor(-0.5))).toBeLessThan(-15);
  });

  it('stay with a term that is grafted', () => {
    const mate = materialOf(read(moduleOf('c.alpha - c.beta * batch.requests')));
    const sums = new Set<OpName>();
    for (let seed = 0; seed < 40; seed++) {
      const child = change.graft(
        { features: FEATURES, material: materialOf(START), mate: () => mate },
        createRandom(seed),
      );
      for (const op of child === undefined ? [] : operationsOf(child)) sums.add(op);
    }
    expect(sums).toContain('sub');
  });
});

it('a prompt names every function and sign of the language, and no other', () => {
  const system = systemPrompt(readTemplates(TEMPLATE_NAMES), FEATURES, DEFAULT_CAPS, TOY_TASK);
  const [, functions = ''] = /`Math\.` ([a-z0-9, ]+)\./.exec(system) ?? [];
  const [, signs = ''] = /`return`, and `([^`]+)`;/.exec(system) ?? [];
  const named = [...functions.split(', '), ...signs.split(' ')];
  const wanted = OP_NAMES.flatMap((op) => [
    ...(OPERATIONS[op].isMathFunction ? [op] : []),
    ...OPERATIONS[op].symbols.slice(0, 1),
  ]);
  expect(new Set(named)).toEqual(new Set(wanted));
  expect(new Set(named).size).toBe(named.length);
});
