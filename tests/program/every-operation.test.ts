import { describe, expect, it } from 'vitest';
import {
  bounds,
  canonicalKey,
  contains,
  differentiate,
  differentiateReverse,
  evaluateNodes,
  type Graph,
  interpret,
  interval,
  KERNEL_PARAMETERS,
  measure,
  OP_NAMES,
  OPERATIONS,
  parseProgram,
  printJavaScriptKernel,
  printLatex,
  printMathml,
  printSource,
  simplify,
} from '../../src/program/index.ts';
import { MATH_MENDS } from '../../src/program/parse/forbidden.ts';
import { goVersion } from '../export/toolchain.ts';
import { startsOf } from './arbitrary.ts';
import { programOf } from './operation-programs.ts';
import { CONSTANTS, FEATURES, runGo } from './run-go.ts';
import { runKernels } from '../kernel/wasm-instance.ts';

/*
 * Every operation of the table through every stage, by a program that is written from its row. Nothing here lists operations: a
 * new row is walked as it stands.
 */

const RANGE = interval(0.1, 3);
/** Uneven, so that nothing is at a tie or a threshold. */
const ROWS: readonly Record<string, number>[] = [
  [0.13, 0.41, 2.9],
  [0.77, 2.31, 1.13],
  [1.49, 1.03, 0.19],
  [2.17, 0.59, 1.71],
  [2.93, 1.87, 2.41],
].map((row) => Object.fromEntries(FEATURES.map((name, k) => [name, row[k] as number])));
const COLUMNS: Readonly<Record<string, Float64Array>> = Object.fromEntries(
  FEATURES.map((name) => [name, Float64Array.from(ROWS, (row) => row[name] as number)]),
);

function close(actual: number, expected: number, share: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(share * Math.max(1, Math.abs(expected)));
}
function columnOf(graph: Graph, constants: Readonly<Record<string, number>>, root = 0): number[] {
  return ROWS.map((features) => interpret(graph, { features, constants })[root] as number);
}

describe.each(OP_NAMES)('%s', (op) => {
  const program = programOf(op);
  const constants = startsOf(program);
  const values = columnOf(program.graph, constants);

  it('is read from its row and has values', () => {
    expect(program.graph.nodes.some((node) => node.kind === 'op' && node.op === op)).toBe(true);
    expect(values.every(Number.isFinite)).toBe(true);
    // Nobody is told to do without it.
    expect(MATH_MENDS.has(op)).toBe(false);
    const { operations, conditionals } = measure(program);
    expect(operations + conditionals).toBeGreaterThan(0);
  });

  it('is printed as source that gives the program back', () => {
    const again = parseProgram(printSource(program));
    expect(again.ok && again.program).toEqual(program);
  });

  it('keeps its value when simplified, and its key when written another way', () => {
    const simple = simplify(program);
    const starts = startsOf(simple);
    for (const [row, value] of columnOf(simple.graph, starts).entries()) close(value, values[row] as number, 1e-12);
    expect(simplify(simple)).toBe(simple);
    const key = canonicalKey(program);
    const renamed = parseProgram(printSource(program).replaceAll('alpha', 'other'));
    expect(renamed.ok && canonicalKey(renamed.program)).toBe(key);
    expect(canonicalKey(simple)).toBe(key);
    expect(OP_NAMES.filter((other) => canonicalKey(programOf(other)) === key)).toEqual([op]);
  });

  it('has its values inside its interval', () => {
    const ranges = bounds(program.graph, {
      features: Object.fromEntries(FEATURES.map((name) => [name, RANGE])),
      constants: Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, interval(value, value)])),
    });
    for (const features of ROWS) {
      const inside = [...evaluateNodes(program.graph, { features, constants })].map((value, i) =>
        contains(ranges[i] ?? interval(NaN, NaN), value),
      );
      expect(inside).not.toContain(false);
    }
  });

  it('has the derivatives of finite differences, forward and in reverse', () => {
    const names = program.constants.map(({ name }) => name);
    const [forward, reverse] = [differentiate(program), differentiateReverse(program.graph, names)];
    const step = 1e-6;
    for (const [k, name] of names.entries()) {
      const moved = [-step, step].map((by) =>
        columnOf(program.graph, { ...constants, [name]: (constants[name] ?? NaN) + by }),
      );
      const slopes = values.map((_, row) => ((moved[1]?.[row] ?? NaN) - (moved[0]?.[row] ?? NaN)) / (2 * step));
      for (const graph of [forward, reverse]) {
        for (const [row, slope] of columnOf(graph, constants, k + 1).entries())
          close(slope, slopes[row] as number, 1e-7);
      }
    }
  });

  it('has the same values in the reference kernel and the WebAssembly kernel', () => {
    const { text, featureNames, constantNames } = printJavaScriptKernel(program.graph);
    const output = new Float64Array(ROWS.length);
    const kernel = new Function(...KERNEL_PARAMETERS, text) as (...args: unknown[]) => void;
    kernel(
      featureNames.map((name) => COLUMNS[name]),
      Float64Array.from(constantNames, (name) => constants[name] as number),
      [output],
      0,
      ROWS.length,
    );
    expect([...output]).toEqual(values);
    const graphs = [program.graph, differentiateReverse(program.graph, Object.keys(constants))];
    const [[compiled = []] = [], derived = []] = runKernels(graphs, { features: COLUMNS, constants });
    if (OPERATIONS[op].isExact) expect([...compiled]).toEqual(values);
    for (const [row, value] of compiled.entries()) close(value, values[row] as number, 4e-16);
    for (const [root, column] of derived.entries()) {
      const expected = columnOf(graphs[1] as Graph, constants, root);
      for (const [row, value] of column.entries()) close(value, expected[row] as number, 1e-14);
    }
  });

  it('is laid out as LaTeX and MathML', () => {
    const latex = printLatex(program);
    const count = (pattern: RegExp, text: string): number => [...text.matchAll(pattern)].length;
    expect(latex).toContain('\\mathrm{tokens}');
    expect(count(/(?<!\\)\{/g, latex)).toBe(count(/(?<!\\)\}/g, latex));
    expect(count(/\\left\b/g, latex)).toBe(count(/\\right\b/g, latex));
    expect(count(/\\begin/g, latex)).toBe(count(/\\end/g, latex));
    const mathml = printMathml(program);
    expect(mathml).toContain('>tokens<');
    for (const name of new Set([...mathml.matchAll(/<(\w+)/g)].map(([, element]) => element))) {
      expect(count(new RegExp(`<${name}[ >]`, 'g'), mathml)).toBe(count(new RegExp(`</${name}>`, 'g'), mathml));
    }
    for (const text of [latex, mathml]) expect(text).not.toMatch(/undefined|NaN|\[object/);
  });
});

it.skipIf(goVersion === undefined)(
  'Go gives the values of every operation',
  () => {
    const cases = OP_NAMES.map((op) => ({ program: programOf(op), rows: ROWS }));
    expect(cases.every(({ program }) => program.constants.every(({ name }) => CONSTANTS.includes(name)))).toBe(true);
    const expected = cases.flatMap(({ program }) => columnOf(program.graph, startsOf(program)));
    const actual = runGo(cases);
    expect(actual).toHaveLength(expected.length);
    for (const [i, value] of actual.entries()) close(value, expected[i] as number, 1e-12);
  },
  120_000,
);
