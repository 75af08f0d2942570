import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Graph, interpret, OP_NAMES, parseExpression, printGo, type Program } from '../../src/program/index.ts';
import { goVersion } from '../export/toolchain.ts';
import { arbitraryInputs, arbitraryProgram, startsOf } from './arbitrary.ts';
import { CONSTANTS, FEATURES, type GoCase, runGo } from './run-go.ts';
import { allFinite, roundingNoise } from './sensitivity.ts';

const ROWS = 6;

function formula(text: string): Program {
  return { doc: '', constants: [], graph: parseExpression(text, FEATURES) };
}

/** Where library functions of the two languages differ unless the printer takes care. */
const EDGES: readonly string[] = [
  'Math.log2(tokens)',
  'Math.log10(tokens)',
  '1 / 3 + tokens * (7 / 3)',
  'tokens > 1 ? 1 / 0 : 2 ** 0.5',
  'Math.max(tokens, requests, contextTokens) - Math.min(tokens, 3, requests)',
  '(tokens + 1) ** 3 - (requests - 2) ** 2 - tokens ** -1.5',
  'Math.hypot(tokens, requests, contextTokens) / -(-tokens)',
  '!(tokens < requests && requests !== 2) || tokens === 1 ? -tokens : Math.tanh(Math.expm1(tokens / 1e3))',
  'Math.floor(Math.log2(tokens)) + Math.ceil(Math.log10(tokens))',
];

const EDGE_ROWS: readonly number[] = [1000, 1024, 1 + 1e-9, 1.0000001, 8, 0.1, 0.999999, 100000];

describe('Go', () => {
  it('names results, locals and helpers as they are needed', () => {
    const graph: Graph = parseExpression('(a + 1) ** 2 + (a > 2 ? a : Math.log2(a))', ['a']);
    const body = printGo(graph, { feature: { a: 'in.A' }, constant: {} });
    expect(body).toMatchObject({
      statements: ['t1 := in.A + 1.0', 't2 := stepLog2(in.A)', 'if in.A > 2.0 {', '\tt2 = in.A', '}'],
      results: ['t1 * t1 + t2'],
      usesMath: true,
    });
    expect(body.helpers).toHaveLength(1);
  });

  it.skipIf(goVersion === undefined)(
    'computes what the interpreter computes',
    () => {
      const random = fc.sample(
        fc.record({
          program: arbitraryProgram({ features: FEATURES, constants: CONSTANTS }),
          rows: fc.array(arbitraryInputs(FEATURES), { minLength: ROWS, maxLength: ROWS }),
        }),
        { seed: 1, numRuns: 400 },
      );
      expect(
        new Set(random.flatMap(({ program }) => program.graph.nodes.flatMap((n) => (n.kind === 'op' ? [n.op] : []))))
          .size,
      ).toBe(OP_NAMES.length);
      const edges = EDGES.map((text) => ({
        program: formula(text),
        rows: EDGE_ROWS.map((tokens) => ({ tokens, requests: 2.5, contextTokens: -tokens })),
      }));
      const cases: readonly GoCase[] = [...edges, ...random];
      const values = runGo(cases);
      let at = 0;
      let compared = 0;
      for (const { program, rows } of cases) {
        for (const features of rows) {
          const inputs = { features, constants: startsOf(program) };
          const [expected = NaN] = interpret(program.graph, inputs);
          const actual = values[at++] ?? NaN;
          if (!allFinite(program, inputs)) continue;
          compared += 1;
          const noise = program.constants.length === 0 ? 0 : roundingNoise(program, inputs);
          expect(Math.abs(actual - expected), JSON.stringify({ program, features })).toBeLessThanOrEqual(
            1e-12 * Math.abs(expected) + 8 * noise,
          );
        }
      }
      expect(at).toBe(values.length);
      expect(compared).toBeGreaterThan(1000);
    },
    120_000,
  );
});
