import { describe, expect, it } from 'vitest';
import { type FeatureTable, parseProgram, type Program } from '../../src/program/index.ts';
import { fingerprint } from '../../src/search/fingerprint.ts';

const FEATURES: FeatureTable = [
  { name: 'tokens', unit: 'tokens', meaning: 'tokens', range: [0, 600] },
  { name: 'bytes', unit: 'bytes', meaning: 'bytes', range: [0, Number.POSITIVE_INFINITY] },
];

function program(value: string): Program {
  const text = `export const constants = { a: 1, b: 2 };\nexport function predictStepTime(batch, c) { return ${value}; }`;
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.program;
}
function print(value: string): string | undefined {
  return fingerprint(program(value), FEATURES);
}

describe('the fingerprint of what a program predicts', () => {
  it('is one for forms that are equal in algebra, whatever constants are called', () => {
    expect(print('c.a * (batch.tokens + batch.bytes)')).toBe(print('c.b * batch.tokens + c.b * batch.bytes'));
    expect(print('Math.sqrt(batch.tokens) ** 2 + c.a')).toBe(print('c.b + batch.tokens'));
  });

  it('is another one for a difference in the seventh digit', () => {
    // Bytes are probed up to a million, and an eighth is added.
    expect(print('batch.bytes + Math.tanh(batch.tokens) / 8')).not.toBe(print('batch.bytes'));
  });

  it('is none where most predictions are no numbers, and one where few are', () => {
    expect(print('Math.log(-1 - batch.tokens) + c.a')).toBeUndefined();
    expect(print('Math.sqrt(batch.tokens - 60) + c.a')).toMatch(/^[0-9a-f]{16}$/);
    expect(print('Math.sqrt(60 - batch.tokens) + c.a')).toBeUndefined();
  });

  it('is none where the data lacks a feature', () => {
    expect(print('c.a * batch.tokens + batch.requests')).toBeUndefined();
  });
});
