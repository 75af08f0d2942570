import { describe, expect, it } from 'vitest';
import { interpret, measure, printSource } from '../../src/program/index.ts';
import { gather } from '../../src/search/gather.ts';
import { programOf } from '../evaluate/tables.ts';

const CONSTANTS = { a: 5, b: 2, d: 3 };

function bodyOf(expression: string): string {
  return /return (.*);/.exec(printSource(gather(programOf(CONSTANTS, expression))))![1]!;
}

describe('what parts have in common', () => {
  it.each([
    ['c.b * batch.tokens + c.b * batch.kv', 'c.b * (batch.tokens + batch.kv)'],
    [
      'c.a + c.b * batch.tokens + c.d * batch.kv + batch.requests * c.b',
      'c.a + c.d * batch.kv + c.b * (batch.tokens + batch.requests)',
    ],
    ['Math.max(c.a + c.b * batch.tokens, c.d * batch.kv + c.a)', 'c.a + Math.max(c.b * batch.tokens, c.d * batch.kv)'],
    [
      'batch.kv > c.d ? c.a + c.b * batch.tokens : c.b * batch.tokens',
      'c.b * batch.tokens + (batch.kv > c.d ? c.a : 0)',
    ],
    ['Math.max(c.a + batch.tokens, c.d * batch.kv)', 'Math.max(c.a + batch.tokens, c.d * batch.kv)'],
    ['Math.hypot(c.a + batch.tokens, c.a + batch.kv)', 'Math.hypot(c.a + batch.tokens, c.a + batch.kv)'],
  ])('of %s is written once', (expression, body) => {
    expect(bodyOf(expression)).toBe(body);
  });

  it('changes no value, and takes no more operations', () => {
    const written = programOf(
      CONSTANTS,
      'c.a * batch.kv + Math.min(c.a * batch.tokens + c.b, c.a * batch.requests + c.b, c.d + c.b) + c.a * batch.tokens',
    );
    const gathered = gather(written);
    const inputs = { features: { kv: 7, tokens: 11, requests: 2 }, constants: CONSTANTS };
    expect(interpret(gathered.graph, inputs)[0]).toBeCloseTo(interpret(written.graph, inputs)[0]!, 9);
    expect(measure(gathered).operations).toBeLessThan(measure(written).operations);
  });
});
