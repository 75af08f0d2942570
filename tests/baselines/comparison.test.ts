import { describe, expect, it } from 'vitest';
import { errorAfter, meanCurve, spreadOf } from '../../src/baselines/comparison/convergence.ts';
import { recurrences, termsOf } from '../../src/baselines/comparison/structures.ts';
import { parseProgram, type Program } from '../../src/program/index.ts';
import type { Individual } from '../../src/search/index.ts';

function programOf(body: string): Program {
  const parsed = parseProgram(
    `export const constants = { a: 1, b: 2, z: 3 }; export function predictStepTime(batch, c) { return ${body}; }`,
  );
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]!.message);
  return parsed.program;
}

describe('spreadOf', () => {
  it('gives the median and the quartiles, without what is no number', () => {
    expect(spreadOf([4, 1, 2, 3, 5, Number.NaN])).toEqual({ median: 3, q1: 2, q3: 4, iqr: 2, runs: 5 });
    expect(spreadOf([Number.NaN])).toEqual({ median: null, q1: null, q3: null, iqr: null, runs: 0 });
  });
});

describe('curves', () => {
  const curve = [
    { generation: 0, evaluations: 6, bestError: 30 },
    { generation: 1, evaluations: 14, bestError: 20 },
    { generation: 2, evaluations: 22, bestError: 12 },
  ];

  it('know only what was reached within the evaluations', () => {
    expect([5, 6, 13, 14, 99].map((n) => errorAfter(curve, n))).toEqual([Number.NaN, 30, 30, 20, 12]);
  });

  it('put runs on one axis', () => {
    const other = curve.map((point) => ({ ...point, bestError: point.bestError + 2 }));
    const points = meanCurve([curve, other], 20);
    expect(points.at(-1)).toMatchObject({ evaluations: 20, bestError: { median: 21, runs: 2 } });
    expect(points.map(({ evaluations }) => evaluations)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  });
});

describe('recurring structures', () => {
  it('are the same whatever constants are called and however commuting operands stand', () => {
    const a = termsOf(programOf('c.a + c.b * batch.decodeTokens').graph);
    expect(termsOf(programOf('batch.decodeTokens * c.z + c.b').graph)).toEqual(a);
    expect(a).toEqual(['add(c, mul(c, decodeTokens))']);
    expect(termsOf(programOf('c.a - c.b * batch.decodeTokens').graph)).not.toEqual(a);
  });

  it('count runs, not programs', () => {
    const individual = (body: string, id: string): Individual =>
      ({ id, program: programOf(body), complexity: { features: ['decodeTokens'] } }) as unknown as Individual;
    const twice = [
      individual('c.a + c.b * batch.decodeTokens', 'x'),
      individual('c.a + c.b * batch.decodeTokens', 'y'),
    ];
    const found = recurrences([
      twice,
      [individual('c.a + c.b * batch.decodeTokens', 'x')],
      [individual('c.a / batch.decodeTokens', 'q')],
    ]);
    expect(found).toEqual({
      programs: [{ what: 'x', runs: 2 }],
      features: [{ what: 'decodeTokens', runs: 3 }],
      terms: [{ what: 'add(c, mul(c, decodeTokens))', runs: 2 }],
    });
  });
});
