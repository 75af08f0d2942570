import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateColumns, interpret } from '../../src/program/index.ts';
import { arbitraryProgram, arbitraryValue, startsOf } from './arbitrary.ts';

const FEATURES = ['a', 'b'] as const;

describe('evaluateColumns', () => {
  it('equals the interpreter on every row, whether a feature is a column or one number', () => {
    const programs = arbitraryProgram({ features: [...FEATURES], constants: ['k', 'm'] });
    const rows = fc.array(arbitraryValue(20), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(programs, rows, arbitraryValue(20), (program, a, b) => {
        const constants = startsOf(program);
        const [values] = evaluateColumns(program.graph, { a: Float64Array.from(a), b }, constants, a.length);
        const expected = a.map((value) => interpret(program.graph, { features: { a: value, b }, constants })[0]);
        expect([...values!]).toEqual(expected);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('gives NaN for what is missing', () => {
    const graph = { nodes: [{ kind: 'feature', name: 'a' }], roots: [0] } as const;
    expect(evaluateColumns(graph, {}, {}, 2)).toEqual([Float64Array.of(Number.NaN, Number.NaN)]);
  });
});
