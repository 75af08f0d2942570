import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalKey, parseProgram, type Program } from '../../src/program/index.ts';
import { renameByRole } from '../../src/search/operators/grammar/naming.ts';
import { arbitraryProgram } from '../program/arbitrary.ts';

function program(constants: string, value: string): Program {
  const text = `export const constants = ${constants};\nexport function predictStepTime(batch, c) { return ${value}; }`;
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.program;
}

describe('renameByRole', () => {
  const parent = program('{ perTokenUs: 20, overheadUs: 900 }', 'c.perTokenUs * batch.tokens + c.overheadUs');

  it.each([
    [
      '{ perTokenUs: 20, overheadUs: 900 }',
      'c.perTokenUs * batch.tokens * batch.kv + c.overheadUs',
      ['perTokenUs', 'overheadUs'],
    ],
    [
      '{ perTokenUs: 20, overheadUs: 900 }',
      'c.perTokenUs * batch.tokens + c.overheadUs * batch.kv',
      ['perTokenUs', 'kvFactor'],
    ],
    [
      '{ perTokenUs: 20, overheadUs: 900 }',
      'Math.max(c.perTokenUs, batch.tokens) ** c.overheadUs',
      ['floorUs', 'tokensPower'],
    ],
    ['{ perTokenUs: 20, fresh: 2 }', 'batch.kv <= c.perTokenUs ? c.fresh : batch.kv', ['kvLimit', 'fresh']],
  ])('of %s in %s gives %j', (constants, value, names) => {
    expect(renameByRole(program(constants, value), parent).constants.map(({ name }) => name)).toEqual(names);
  });

  it('never changes what a program computes', () => {
    const programs = arbitraryProgram({ features: ['tokens', 'kv'], constants: ['perTokenUs', 'overheadUs', 'a'] });
    fc.assert(
      fc.property(programs, programs, (child, other) => {
        const renamed = renameByRole(child, other);
        expect(canonicalKey(renamed)).toBe(canonicalKey(child));
        expect(renamed.constants.map(({ start }) => start)).toEqual(child.constants.map(({ start }) => start));
        expect(new Set(renamed.constants.map(({ name }) => name)).size).toBe(child.constants.length);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
