import { describe, expect, it } from 'vitest';
import {
  canonicalKey,
  evaluateColumns,
  type FeatureTable,
  guard,
  interpret,
  KERNEL_PARAMETERS,
  parseProgram,
  printExpression,
  printGo,
  printJavaScriptKernel,
  printLatex,
  printMathml,
  printSource,
  type Program,
  simplify,
} from '../../src/program/index.ts';
import { goVersion } from '../export/toolchain.ts';
import { runGo } from './run-go.ts';
import { runKernels } from '../kernel/wasm-instance.ts';

function read(value: string): Program {
  const parsed = parseProgram(`export const constants = {};
export function predictStepTime(batch, c) { ${value.includes('return') ? value : `return ${value};`} }`);
  if (!parsed.ok) throw new Error(parsed.diagnostics[0]?.message);
  return parsed.program;
}

const TEXTS: readonly (readonly [text: string, expected: number])[] = [
  ['batch.tokens / -0', -Infinity],
  ['batch.tokens / 0', Infinity],
  ['-batch.tokens / -0', Infinity],
  ['batch.tokens / -(-0)', Infinity],
  ['batch.tokens / -(0)', -Infinity],
  ['const zero = 0; return batch.tokens / -zero;', -Infinity],
  ['batch.tokens / (0 * -3)', -Infinity],
  ['batch.tokens / (-0 * -3)', Infinity],
  ['batch.tokens / -0 / 2', -Infinity],
  ['batch.tokens * 3 / -0', -Infinity],
  ['batch.tokens / Math.min(-0, 4)', -Infinity],
];

const TABLE: FeatureTable = [{ name: 'tokens', unit: 'tokens', meaning: 'tokens', range: [0, 10], isCount: true }];
const FEATURES = { tokens: 5, requests: 1, contextTokens: 1 };
function valueOf({ graph }: Program): number {
  return interpret(graph, { features: FEATURES, constants: {} })[0] as number;
}

describe.each(TEXTS)('%s', (text, expected) => {
  const program = read(text);
  const columns = { tokens: Float64Array.of(5, 5, 5) };

  it('has the infinity that JavaScript gives it', () => {
    const body = text.includes('return') ? text : `return ${text};`;
    expect((new Function('batch', body) as (batch: object) => number)(FEATURES)).toBe(expected);
    expect(valueOf(program)).toBe(expected);
    expect(evaluateColumns(program.graph, columns, {}, 3)[0]).toEqual(new Float64Array(3).fill(expected));
  });

  it('keeps it when simplified, guarded, printed and read again', () => {
    const simple = simplify(program);
    expect(valueOf(simple)).toBe(expected);
    expect(valueOf(guard(program, TABLE))).toBe(expected);
    for (const each of [program, simple]) {
      const again = parseProgram(printSource(each));
      expect(again.ok && valueOf(again.program)).toBe(expected);
    }
  });

  it('keeps it in both kernels', () => {
    for (const { graph } of [program, simplify(program)]) {
      expect(runKernels([graph], { features: columns })[0]?.[0]).toEqual(new Float64Array(3).fill(expected));
      const output = new Float64Array(3);
      const kernel = new Function(...KERNEL_PARAMETERS, printJavaScriptKernel(graph).text) as (
        ...args: unknown[]
      ) => void;
      kernel([columns.tokens], new Float64Array(), [output], 0, 3);
      expect(output).toEqual(new Float64Array(3).fill(expected));
    }
  });
});

it.skipIf(goVersion === undefined)(
  'Go divides by the zero that is written',
  () => {
    const cases = TEXTS.flatMap(([text]) => {
      const program = read(text);
      return [program, simplify(program)].map((each) => ({ program: each, rows: [FEATURES] }));
    });
    expect([...runGo(cases)]).toEqual(TEXTS.flatMap(([, expected]) => [expected, expected]));
  },
  60_000,
);

it('the two zeros are told apart by the key and on paper', () => {
  const [minus, plus] = [read('batch.tokens / -0'), read('batch.tokens / 0')];
  expect(canonicalKey(minus)).not.toBe(canonicalKey(plus));
  expect(canonicalKey(read('batch.tokens > -0 ? 1 : 2'))).not.toBe(canonicalKey(read('batch.tokens > 0 ? 1 : 2')));
  expect(printLatex(minus)).toContain('{-0}');
  expect(printMathml(minus)).toContain('−0');
  expect(printExpression(minus.graph)).toBe('batch.tokens / -0');
  const { results, statements } = printGo(minus.graph, { feature: { tokens: 'in.Tokens' }, constant: {} });
  expect([...statements, ...results]).toEqual(['t1 := math.Copysign(0, -1)', 'in.Tokens / t1']);
});

it('a constant starts from 0, whatever its sign', () => {
  const parsed = parseProgram(`export const constants = { a: -0 };
export function predictStepTime(batch, c) { return batch.tokens + c.a; }`);
  expect(parsed.ok && parsed.program.constants[0]?.start).toBe(0);
});
