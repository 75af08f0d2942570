import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureTable } from '../../src/physics/index.ts';
import {
  type FeatureTable,
  guard,
  interpret,
  OP_NAMES,
  parseProgram,
  printSource,
  type Program,
  simplify,
} from '../../src/program/index.ts';
import { arbitraryProgram, startsOf } from './arbitrary.ts';

const FEATURES: FeatureTable = [
  { name: 'tokens', unit: 'tokens', meaning: 'tokens of the batch', range: [0, 600], isCount: true },
  { name: 'requests', unit: 'requests', meaning: 'requests of the batch', range: [0, 128], isCount: true },
  { name: 'chunk', unit: 'tokens', meaning: 'mean tokens of a request', range: [0, 600] },
  { name: 'readUs', unit: 'µs', meaning: 'time to read', range: [0, 9000] },
  { name: 'layers', unit: 'layers', meaning: 'layers of the model', range: [32, 80] },
];

function parse(value: string): Program {
  const text = `export const constants = { a: 2, b: 3 };\nexport function predictStepTime(batch, c) { return ${value}; }`;
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.program;
}

function valueOf(program: Program): string {
  return /return (.*);/.exec(printSource(program))?.[1] ?? '';
}

describe('guard', () => {
  it.each([
    ['batch.readUs / batch.requests', 'batch.readUs / Math.max(batch.requests, 1)'],
    ['Math.log(batch.tokens)', 'Math.log(Math.max(batch.tokens, 1))'],
    ['Math.log2(batch.tokens) + c.a', 'Math.log2(Math.max(batch.tokens, 1)) + c.a'],
    ['Math.log10(batch.tokens)', 'Math.log10(Math.max(batch.tokens, 1))'],
    ['batch.tokens ** -2', 'Math.max(batch.tokens, 1) ** -2'],
    ['c.a / (batch.tokens + 2 * batch.requests)', 'c.a / Math.max(batch.tokens + 2 * batch.requests, 1)'],
    ['c.a / Math.min(batch.tokens, batch.requests)', 'c.a / Math.max(Math.min(batch.tokens, batch.requests), 1)'],
    ['c.a / Math.sqrt(batch.requests)', 'c.a / Math.max(Math.sqrt(batch.requests), 1)'],
    ['c.a / batch.requests ** 1.5', 'c.a / Math.max(batch.requests ** 1.5, 1)'],
    ['c.a / Math.abs(batch.tokens - batch.requests)', 'c.a / Math.max(Math.abs(batch.tokens - batch.requests), 1)'],
    [
      'Math.log(Math.floor(batch.readUs / batch.requests))',
      'Math.log(Math.max(Math.floor(batch.readUs / Math.max(batch.requests, 1)), 1))',
    ],
    ['c.a / Math.floor(batch.readUs / 50)', 'c.a / Math.max(Math.floor(batch.readUs / 50), 1)'],
    [
      'batch.readUs > c.a ? batch.readUs / batch.requests : c.b',
      'batch.readUs > c.a ? batch.readUs / Math.max(batch.requests, 1) : c.b',
    ],
    [
      'batch.tokens > 0 ? batch.readUs / batch.requests : c.b',
      'batch.tokens > 0 ? batch.readUs / Math.max(batch.requests, 1) : c.b',
    ],
  ])('of %s gives %s', (before, after) => {
    expect(valueOf(guard(parse(before), FEATURES))).toBe(after);
  });

  it.each([
    ['a divisor that is never 0', 'batch.tokens / batch.layers + c.a / (batch.tokens + 1)'],
    ['a divisor that is guarded already', 'c.a / Math.max(batch.tokens, batch.requests, 1)'],
    ['a time, which can be below 1', 'c.a / batch.readUs'],
    ['a mean, which can be below 1', 'c.a / batch.chunk + Math.log(batch.chunk)'],
    ['a quotient of counts', 'c.a / (batch.tokens / batch.layers)'],
    ['a difference that can be negative', 'c.a / (batch.tokens - batch.requests)'],
    ['a divisor with a constant', 'c.a / (c.b + batch.tokens)'],
    ['a logarithm that has a value at 0', 'Math.log1p(batch.tokens)'],
    ['a root or a power that has a value at 0', 'Math.sqrt(batch.tokens) + batch.tokens ** 0.75'],
    ['what a minimum may absorb', 'Math.min(c.a / batch.tokens, c.b)'],
    ['what a maximum may absorb', 'Math.max(Math.log(batch.tokens), c.b)'],
    ['what tanh may absorb', 'Math.tanh(c.a / batch.tokens)'],
    ['what exp may absorb', 'Math.exp(c.a / batch.tokens)'],
    ['what a divisor may absorb', 'c.b / (c.a / batch.tokens + 1)'],
    ['what a condition may absorb', 'batch.readUs / batch.tokens > c.a ? c.b : 7'],
    ['a count that the condition says is above 0', 'batch.tokens > 0 ? c.a / batch.tokens : c.b'],
    ['a count that the condition says is at least 1', 'batch.tokens >= 1 ? c.a / batch.tokens : c.b'],
    ['a count that a mirrored condition says is above 0', '0 < batch.tokens ? c.a / batch.tokens : c.b'],
    ['a count in the branch where it is not 0', 'batch.tokens === 0 ? c.b : c.a / batch.tokens'],
    [
      'a count that one of two conditions says is above 0',
      'batch.readUs > c.a && batch.tokens > 0 ? c.a / batch.tokens : c.b',
    ],
    ['a feature that the table lacks', 'c.a / batch.unheardOf'],
  ])('leaves %s alone', (_what, value) => {
    const program = parse(value);
    expect(guard(program, FEATURES)).toBe(program);
  });

  /** Whether a count is guarded in the branch that is taken where `condition` is `truth`. */
  const guards = (condition: string, truth: boolean): boolean => {
    const program = parse(
      truth ? `${condition} ? c.a / batch.tokens : c.b` : `${condition} ? c.b : c.a / batch.tokens`,
    );
    return guard(program, FEATURES) !== program;
  };
  const SIGNS = ['<', '<=', '>', '>=', '===', '!=='] as const;
  const NUMBERS = [-2, -1, 0, 1, 2] as const;
  const comparisons = SIGNS.flatMap((sign) =>
    NUMBERS.flatMap((number) => [`batch.tokens ${sign} ${number}`, `${number} ${sign} batch.tokens`]),
  );

  it.each(comparisons)('takes the condition %s for what it says of 0', (comparison) => {
    const [held] = interpret(parse(`${comparison} ? 1 : 0`).graph, {
      features: { tokens: 0 },
      constants: { a: 2, b: 3 },
    });
    expect(guards(comparison, true)).toBe(held === 1);
    expect(guards(comparison, false)).toBe(held === 0);
    expect(guards(`!(${comparison})`, true)).toBe(held === 0);
    expect(guards(`!(${comparison})`, false)).toBe(held === 1);
  });

  it.each([
    ['batch.tokens > 0 && batch.readUs > c.a', false, true],
    ['batch.tokens === 0 || batch.readUs > c.a', true, false],
    ['batch.tokens > 0 || batch.readUs > c.a', true, true],
    ['batch.tokens === 0 && batch.readUs > c.a', true, true],
    ['!(batch.tokens > 0 && batch.readUs > c.a)', true, false],
  ])('of %s takes what is sure in each branch', (condition, whereTrue, whereFalse) => {
    expect([guards(condition, true), guards(condition, false)]).toEqual([whereTrue, whereFalse]);
  });

  it('guards a part that is used both below a condition on it and elsewhere', () => {
    const program = parse('(batch.tokens > 0 ? c.a / batch.tokens : c.b) + c.a / batch.tokens');
    expect(printSource(guard(program, FEATURES))).toContain('c.a / Math.max(batch.tokens, 1)');
  });

  it('leaves a part alone that is used both where an infinity shows and where it is absorbed', () => {
    const program = parse('c.a / batch.tokens + Math.min(c.a / batch.tokens, c.b) * 0');
    expect(guard(program, FEATURES)).toBe(program);
  });

  const counts = ['tokens', 'requests', 'steps'];
  const table: FeatureTable = counts.map((name) => ({
    name,
    unit: 'requests',
    meaning: 'a count',
    range: [0, 6],
    isCount: true,
  }));
  // What makes and what absorbs infinities, more often than the rest.
  const ops = [...OP_NAMES, 'div', 'div', 'div', 'log', 'log2', 'log10', 'pow', 'min', 'max', 'select'] as const;
  const programs = arbitraryProgram({ features: counts, constants: ['a', 'b'], steps: 14, ops });
  const batches = fc
    .tuple(fc.nat(3), fc.nat(6), fc.nat(2))
    .map(([tokens, requests, steps]) => ({ tokens, requests, steps }));

  it('keeps every finite value on whole-numbered batches, to the bit', () => {
    let [guarded, mended] = [0, 0];
    fc.assert(
      fc.property(programs, fc.array(batches, { minLength: 12, maxLength: 12 }), (program, rows) => {
        const safe = guard(program, table);
        if (safe !== program) guarded += 1;
        for (const features of rows) {
          const inputs = { features, constants: startsOf(program) };
          const [before = Number.NaN] = interpret(program.graph, inputs);
          const [after = Number.NaN] = interpret(safe.graph, inputs);
          if (Number.isFinite(before)) expect(after, printSource(program)).toBe(before);
          else if (Number.isFinite(after)) mended += 1;
        }
      }),
      { seed: 1, numRuns: 6000 },
    );
    expect(guarded).toBeGreaterThan(300);
    expect(mended).toBeGreaterThan(100);
  });

  it('is idempotent, also after simplification', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const safe = guard(program, table);
        expect(guard(safe, table)).toBe(safe);
        const simple = simplify(guard(simplify(program), table));
        expect(guard(simple, table)).toBe(simple);
      }),
      { seed: 1, numRuns: 1500 },
    );
  });

  it('leaves the seed programs as they are', () => {
    const folder = resolve(import.meta.dirname, '../../seeds');
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.js'))) {
      const parsed = parseProgram(readFileSync(join(folder, file), 'utf8'));
      if (!parsed.ok) throw new Error(file);
      for (const program of [parsed.program, simplify(parsed.program)]) {
        expect(guard(program, featureTable())).toBe(program);
      }
    }
  });
});
