import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluateNodes,
  interpret,
  parseProgram,
  type Program,
  splitTerms,
  type Term,
} from '../../src/program/index.ts';
import { arbitraryProgram, arbitraryValue } from './arbitrary.ts';

function programOf(body: string): Program {
  const parsed = parseProgram(
    `export const constants = { k: 2, d: 4, lim: 30, floorUs: 50 };\nexport function predictStepTime(batch, c) { ${body.includes('return') ? body : `return ${body};`} }`,
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

/** Places, texts and values of all parts, and whether they decide. */
function shown(body: string, features: Readonly<Record<string, number>>): readonly string[] {
  const { terms, graph } = splitTerms(programOf(body));
  const values = evaluateNodes(graph, { features, constants: { k: 2, d: 4, lim: 30, floorUs: 50 } });
  const lines = ({ place, text, value, when, decides, parts }: Term): readonly string[] => {
    const condition = when === undefined ? '' : ` when ${when}`;
    const mark = decides === undefined ? '' : values[graph.roots[decides]!] === 1 ? ' decides' : ' -';
    return [`${place} ${text}${condition} = ${values[graph.roots[value]!]!}${mark}`, ...parts.flatMap(lines)];
  };
  return terms.flatMap(lines);
}

describe('the terms of a program', () => {
  const at = { a: 3, b: 5, n: 40 };

  it.each<[what: string, body: string, lines: readonly string[]]>([
    [
      'summands with their signs',
      'c.k * batch.a - (batch.b - c.d)',
      ['1 c.k * batch.a = 6', '2 -batch.b = -5', '3 c.d = 4'],
    ],
    [
      'factors and divisors go with each summand',
      'c.k * (batch.a + batch.b) / batch.n + c.d',
      ['1 c.k * batch.a / batch.n = 0.15', '2 c.k * batch.b / batch.n = 0.25', '3 c.d = 4'],
    ],
    [
      'of two sums the one with more summands',
      '(batch.a + batch.b + c.k) * (c.d * batch.n + 1)',
      [
        '1 batch.a * (c.d * batch.n + 1) = 483',
        '2 batch.b * (c.d * batch.n + 1) = 805',
        '3 c.k * (c.d * batch.n + 1) = 322',
      ],
    ],
    ['a sum of constants is a factor', '(1 + c.k) * batch.a', ['1 (1 + c.k) * batch.a = 9']],
    [
      'a maximum is one term, and the side that equals it has all',
      'c.k * Math.max(batch.a, batch.b) + c.d',
      [
        '1 c.k * Math.max(batch.a, batch.b) = 10',
        '1.1 c.k * batch.a = 0 -',
        '1.2 c.k * batch.b = 10 decides',
        '2 c.d = 4',
      ],
    ],
    [
      'the first of equal sides decides',
      'Math.max(batch.a, batch.b - c.k)',
      [
        '1 Math.max(batch.a, batch.b - c.k) = 3',
        '1.1 batch.a = 3 decides',
        '1.2 batch.b - c.k = 0 -',
        '1.2.1 batch.b = 0',
        '1.2.2 -c.k = 0',
      ],
    ],
    [
      'a side beside a number stays whole',
      'c.d + c.k * Math.max(0, batch.n - c.lim)',
      [
        '1 c.d = 4',
        '2 c.k * Math.max(0, batch.n - c.lim) = 20',
        '2.1 c.k * 0 = 0 -',
        '2.2 c.k * (batch.n - c.lim) = 20 decides',
      ],
    ],
    [
      'a hypotenuse by squares',
      'Math.hypot(batch.a, c.d)',
      ['1 Math.hypot(batch.a, c.d) = 5', '1.1 batch.a = 1.7999999999999998 -', '1.2 c.d = 3.2 decides'],
    ],
    [
      'branches',
      'if (batch.n > c.lim) { return batch.a + c.k; } return batch.b;',
      [
        '1 batch.n > c.lim ? batch.a + c.k : batch.b = 5',
        '1.1 batch.a + c.k when batch.n > c.lim = 5 decides',
        '1.1.1 batch.a = 3',
        '1.1.2 c.k = 2',
        '1.2 batch.b when !(batch.n > c.lim) = 0 -',
      ],
    ],
  ])('%s', (_what, body, lines) => {
    expect(shown(body, at)).toEqual(lines);
  });

  it('add up to the value, on every level, whatever the program', () => {
    const options = { features: ['a', 'b', 'n'], constants: ['k', 'd'] };
    fc.assert(
      fc.property(
        arbitraryProgram(options),
        fc.array(arbitraryValue(20), { minLength: 5, maxLength: 5 }),
        (program, [a = 0, b = 0, n = 0, k = 0, d = 0]) => {
          const inputs = { features: { a, b, n }, constants: { k, d } };
          const { terms, graph } = splitTerms(program);
          const values = interpret(graph, inputs);
          const whole = interpret(program.graph, inputs)[0]!;
          expect(values[0]).toBe(whole);
          // Terms that cancel, overflow or are no numbers have no sum to compare.
          const isTame = (value: number): boolean => Math.abs(value) < 1e9;
          const check = (parts: readonly Term[], value: number): void => {
            const own = parts.map((part) => values[part.value]!);
            if (isTame(value) && own.every(isTame)) {
              const size = own.reduce((sum, part) => sum + Math.abs(part), Math.abs(value));
              const total = own.reduce((sum, part) => sum + part, 0);
              expect(Math.abs(total - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, size));
            }
            for (const part of parts) if (part.parts.length > 0) check(part.parts, values[part.value]!);
          };
          check(terms, whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are bounded in number, however often a sum is shared', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `const t${i + 1} = t${i} + batch.a * t${i};`).join(' ');
    const { terms } = splitTerms(programOf(`const t0 = batch.a + batch.b; ${lines} return t12;`));
    expect(terms.length).toBeGreaterThan(10);
    expect(terms.length).toBeLessThanOrEqual(41);
  });
});
