import { describe, expect, it } from 'vitest';
import {
  describeConstants,
  parseProgram,
  parseUnit,
  type Program,
  type Unit,
  unitText,
} from '../../src/program/index.ts';

const UNITS: Readonly<Record<string, string>> = {
  tokens: 'tokens',
  kv: 'tokens',
  requests: 'requests',
  gemmUs: 'µs',
  memoryUs: 'µs',
  isMixed: '1',
  parametersB: '10⁹',
  pairs: 'tokens²',
  muddle: 'mixed',
};
const MICROSECONDS: Unit = parseUnit('µs')!;

function programOf(text: string): Program {
  const names = [...new Set([...text.matchAll(/\bc\.(\w+)/g)].map(([, name]) => name))];
  const constants = names.map((name) => `${name}: 1`).join(', ');
  const result = parseProgram(
    `export const constants = { ${constants} };\nexport function predictStepTime(batch, c) { return ${text}; }`,
  );
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join('; '));
  return result.program;
}

/** By name: `unit role`, `?` for a unit that cannot be told. */
function described(text: string, result = MICROSECONDS): Readonly<Record<string, string>> {
  const infos = describeConstants(programOf(text), { feature: (name) => UNITS[name], result });
  return Object.fromEntries(infos.map(({ name, unit, role }) => [name, `${unit ?? '?'} ${role}`]));
}

describe('units of constants', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['c.a + c.b * batch.tokens + c.f * batch.gemmUs', { a: 'µs overhead', b: 'µs/token rate', f: '1 factor' }],
    ['c.a - c.b * batch.tokens', { a: 'µs overhead', b: 'µs/token rate' }],
    ['c.b * batch.tokens * batch.requests', { b: 'µs/request/token rate' }],
    ['c.b * batch.pairs / Math.max(batch.requests, 1)', { b: 'µs·requests/token² other' }],
    ['c.b * batch.parametersB', { b: 'µs/10⁹ rate' }],
    ['c.a * batch.isMixed', { a: 'µs overhead' }],
    [
      'Math.max(c.a * batch.tokens, c.b * batch.kv) + Math.hypot(c.d, c.e * batch.gemmUs)',
      { a: 'µs/token rate', b: 'µs/token rate', d: 'µs overhead', e: '1 factor' },
    ],
    ['batch.kv > c.t ? c.a : c.b * batch.requests', { t: 'tokens threshold', a: 'µs overhead', b: 'µs/request rate' }],
    [
      'c.k * batch.tokens > batch.requests ? c.a : c.b',
      { k: 'requests/token threshold', a: 'µs overhead', b: 'µs overhead' },
    ],
    ['c.g * batch.tokens ** c.p', { g: '? rate', p: '1 exponent' }],
    ['c.g * batch.isMixed ** c.p', { g: 'µs overhead', p: '1 exponent' }],
    ['Math.max(batch.kv ** c.p, c.o)', { p: '1 exponent', o: 'µs overhead' }],
    ['c.g * Math.sqrt(batch.tokens)', { g: 'µs/token^0.5 rate' }],
    ['c.g * Math.sqrt(c.s * batch.tokens)', { g: '1 factor', s: 'µs²/token rate' }],
    [
      'c.g * Math.cbrt(Math.hypot(c.a * batch.tokens, c.o)) + (c.d * batch.requests) ** 2',
      { g: '1 factor', a: 'µs³/token rate', o: 'µs³ rate', d: 'µs^0.5/request rate' },
    ],
    ['(c.d * batch.requests) ** -1', { d: '1/µs/request other' }],
    ['c.g * batch.tokens ** 2', { g: 'µs/token² rate' }],
    ['c.g * Math.log1p(batch.tokens / c.s)', { g: 'µs overhead', s: 'tokens other' }],
    ['c.a / (1 + Math.exp(-(batch.kv - c.m) / c.s))', { a: 'µs overhead', m: 'tokens other', s: 'tokens other' }],
    ['batch.gemmUs * (1 + c.k * batch.tokens)', { k: '1/token other' }],
    // A share of a time, which may be saved: no factor that has to be above 0.
    ['batch.gemmUs * (1 + c.k * batch.isMixed)', { k: '1 other' }],
    ['c.f * batch.isMixed * batch.gemmUs', { f: '1 factor' }],
    ['(c.o + c.r * batch.tokens) * batch.requests', { o: 'µs/request rate', r: 'µs/request/token rate' }],
    ['batch.gemmUs / c.d + batch.tokens / c.speed', { d: '1 other', speed: 'tokens/µs other' }],
    ['c.a * c.b * batch.tokens', { a: '1 factor', b: 'µs/token rate' }],
    ['c.a * c.b * batch.tokens + c.b * batch.gemmUs', { a: 'µs/token rate', b: '1 factor' }],
    ['c.a * batch.muddle + c.b', { a: '? other', b: 'µs overhead' }],
    ['c.a * batch.nobodyKnows', { a: '? other' }],
    // What the equations leave open conventions decide.
    [
      '(c.a + c.b * batch.tokens) * (c.d + c.e * batch.requests)',
      { a: 'µs overhead', b: 'µs/token rate', d: '1 other', e: '1/request other' },
    ],
    [
      '(c.d - c.e * batch.requests) * (c.a * batch.gemmUs + c.b * Math.sqrt(batch.tokens)) + c.o',
      { d: '1 other', e: '1/request other', a: '1 factor', b: 'µs/token^0.5 rate', o: 'µs overhead' },
    ],
    [
      '(c.a * batch.gemmUs + c.o) * (batch.memoryUs * c.k + 1) * (c.l * batch.tokens + 1)',
      { a: '1 factor', o: 'µs overhead', k: '1/µs other', l: '1/token other' },
    ],
    ['c.a * (c.b * batch.tokens ** c.p + c.d)', { a: '1 factor', b: '? rate', p: '1 exponent', d: 'µs overhead' }],
    // Nonsense between tokens and µs: the place nearer to the result decides.
    ['batch.tokens + c.b', { b: 'µs overhead' }],
    ['c.g * Math.log(batch.tokens)', { g: 'µs overhead' }],
    ['Math.abs(c.a) + -c.b', { a: 'µs overhead', b: 'µs overhead' }],
    ['batch.kv > c.t ? c.t * batch.gemmUs : c.a', { t: '1 threshold', a: 'µs overhead' }],
  ])('%s', (text, expected) => {
    expect(described(text)).toEqual(expected);
  });

  it('follow the unit of the result', () => {
    expect(described('c.a + c.b * batch.tokens', parseUnit('ms'))).toEqual({ a: 'ms overhead', b: 'ms/token rate' });
    expect(described('c.a + c.b * batch.tokens', parseUnit('1'))).toEqual({ a: '1 overhead', b: '1/token rate' });
  });

  it('are found in time however often parts are used', () => {
    const lines = Array.from({ length: 24 }, (_, k) => `const t${k + 1} = Math.max(t${k}, 2 * t${k} + c.o);`).join(' ');
    const result = parseProgram(
      `export const constants = { a: 1, o: 1 };\nexport function predictStepTime(batch, c) { const t0 = c.a * batch.gemmUs; ${lines} return t24; }`,
    );
    if (!result.ok) throw new Error('no program');
    const infos = describeConstants(result.program, { feature: (name) => UNITS[name], result: MICROSECONDS });
    expect(infos.map(({ unit }) => unit)).toEqual(['1', 'µs']);
  });
});

describe('a unit as text', () => {
  it.each([
    ['µs/token', 'µs/token'],
    ['us / tokens', 'µs/token'],
    ['µs/(token·request)', 'µs/request/token'],
    ['µs/request*token', 'µs/request/token'],
    ['tokens·tokens', 'tokens²'],
    ['µs/tokens^0.5', 'µs/token^0.5'],
    ['1/GPU', '1/GPU'],
    ['10⁹', '10⁹'],
    ['tokens/token', '1'],
    ['1', '1'],
  ])('%s reads as %s', (text, expected) => {
    const unit = parseUnit(text)!;
    expect(unitText(unit)).toBe(expected);
    expect(parseUnit(unitText(unit))).toEqual(unit);
  });

  it.each(['', 'µs/', '//', '3 tokens', 'tokens^-1', 'tokens^x', '²'])('%j is none', (text) => {
    expect(parseUnit(text)).toBeUndefined();
  });
});
