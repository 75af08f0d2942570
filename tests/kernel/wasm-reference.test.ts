import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { featureTable } from '../../src/physics/index.ts';
import {
  differentiate,
  differentiateReverse,
  type Graph,
  KERNEL_PARAMETERS,
  OP_NAMES,
  OPERATIONS,
  type OpName,
  parseProgram,
  type Program,
  printJavaScriptKernel,
} from '../../src/program/index.ts';
import { arbitraryProgram, startsOf } from '../program/arbitrary.ts';
import { allFinite, roundingNoise } from '../program/sensitivity.ts';
import { type KernelInputs, runKernels } from './wasm-instance.ts';

const FOLDER: string = resolve(import.meta.dirname, '../../seeds');
const SEEDS: readonly string[] = readdirSync(FOLDER).filter((file) => file.endsWith('.js'));
const ROWS = 201;

function isExact({ nodes }: Graph): boolean {
  return nodes.every((node) => node.kind !== 'op' || OPERATIONS[node.op].isExact);
}

/** Values of a graph's roots by the reference kernel. */
function runReference(graph: Graph, { features, constants = {} }: KernelInputs): readonly Float64Array[] {
  const { text, featureNames, constantNames } = printJavaScriptKernel(graph);
  const columns = featureNames.map((name) => features[name]);
  const outputs = graph.roots.map(() => new Float64Array(ROWS));
  const kernel = new Function(...KERNEL_PARAMETERS, text) as (...args: unknown[]) => void;
  kernel(
    columns,
    Float64Array.from(constantNames, (name) => constants[name] as number),
    outputs,
    0,
    ROWS,
  );
  return outputs;
}

/** Both kernels' values of a graph; a zero without its sign, which min and max leave open. */
function runBoth(graph: Graph, inputs: KernelInputs): readonly [readonly number[][], readonly number[][]] {
  const unsigned = (columns: readonly Float64Array[]): number[][] =>
    columns.map((c) => [...c].map((value) => value + 0));
  return [unsigned(runKernels([graph], inputs)[0] ?? []), unsigned(runReference(graph, inputs))];
}

function inputsOf(program: Program, names: readonly string[], size: number): KernelInputs {
  const random = createRandom(11).split('reference');
  // Every seventh value is a small count, 0 among them.
  const value = (row: number): number => (row % 7 === 0 ? random.integer(3) : size * random.uniform() ** 4);
  const features = names.map((name) => [name, Float64Array.from({ length: ROWS }, (_, row) => value(row))] as const);
  return { features: Object.fromEntries(features), constants: startsOf(program), nonNegative: names };
}

describe('the WebAssembly kernel and the reference kernel', () => {
  it.each(SEEDS)('agree on %s and its derivatives', (file) => {
    const parsed = parseProgram(readFileSync(join(FOLDER, file), 'utf8'), { features: featureTable() });
    if (!parsed.ok) throw new Error('a seed does not parse');
    const { program } = parsed;
    const names = featureTable().map(({ name }) => name);
    const reverse = differentiateReverse(
      program.graph,
      program.constants.map(({ name }) => name),
    );
    for (const graph of [program.graph, differentiate(program), reverse]) {
      const [actual, expected] = runBoth(graph, inputsOf(program, names, 1e5));
      if (isExact(graph)) expect(actual).toEqual(expected);
      for (const [k, column] of actual.entries()) {
        for (const [row, value] of column.entries()) {
          const wanted = expected[k]?.[row] as number;
          if (!Object.is(value, wanted)) expect(Math.abs(value / wanted - 1)).toBeLessThanOrEqual(1e-14);
        }
      }
    }
  });

  const NAMES = ['x', 'y', 'z'];
  const programs = (ops: readonly OpName[]): fc.Arbitrary<Program> =>
    arbitraryProgram({ features: NAMES, constants: ['a', 'b', 'd'], ops });

  it('have the same bits on programs of exact operations, derivatives too', () => {
    const property = fc.property(programs(OP_NAMES.filter((op) => OPERATIONS[op].isExact)), (program) => {
      for (const graph of [program.graph, differentiate(program)]) {
        const [actual, expected] = runBoth(graph, inputsOf(program, NAMES, 20));
        expect(actual).toEqual(expected);
      }
    });
    fc.assert(property, { seed: 3, numRuns: 200 });
  });

  it('agree on programs of all operations as far as rounding allows', () => {
    const property = fc.property(programs(OP_NAMES), (program) => {
      const inputs = inputsOf(program, NAMES, 20);
      const [[actual = []], [expected = []]] = runBoth(program.graph, inputs);
      for (let row = 0; row < ROWS; row += 20) {
        const features = Object.fromEntries(NAMES.map((name) => [name, inputs.features[name]?.[row] as number]));
        const at = { features, constants: startsOf(program) };
        if (!allFinite(program, at)) continue;
        const wanted = expected[row] as number;
        const slack = 4 * roundingNoise(program, at) + 1e-14 * Math.abs(wanted);
        expect(Math.abs((actual[row] as number) - wanted)).toBeLessThanOrEqual(slack);
      }
    });
    fc.assert(property, { seed: 4, numRuns: 200 });
  });
});
