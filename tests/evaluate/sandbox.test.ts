import * as fc from 'fast-check';
import ivm from 'isolated-vm';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import { differentiate, type Graph, interpret } from '../../src/program/index.ts';
import { checksum } from '../../src/evaluate/invariants.ts';
import { type Layout, layoutTable } from '../../src/evaluate/layout.ts';
import { Sandbox } from '../../src/evaluate/sandbox.ts';
import { classifyFailure } from '../../src/evaluate/work-failure.ts';
import { arbitraryProgram, startsOf } from '../program/arbitrary.ts';
import { programOf, tableOf } from './tables.ts';

const LIMITS = { memoryMb: 32, timeoutMs: 10_000 };
const table = tableOf((row) => 100 + row.tokens, { rows: 30, experiments: 2 });
const layout: Layout = layoutTable(table, { scope: 'model', sampleRows: 20 }, createRandom(1));
const features = layout.features.map((feature) => feature.name);

function inSandbox<T>(constants: readonly string[], roots: number, use: (sandbox: Sandbox) => T): T {
  const sandbox = new Sandbox(layout, constants, roots, LIMITS);
  try {
    return use(sandbox);
  } finally {
    sandbox.dispose();
  }
}

const ROWS = [0, 7, layout.rowCount - 1];

function interpreted(graph: Graph, constants: Readonly<Record<string, number>>): readonly (readonly number[])[] {
  return ROWS.map((row) => {
    const values = Object.fromEntries(features.map((name, k) => [name, layout.columns[k]?.[row] ?? Number.NaN]));
    return interpret(graph, { features: values, constants });
  });
}

describe('a kernel in the isolate', () => {
  it('gives the bits of the interpreter, values and derivatives', () => {
    fc.assert(
      fc.property(arbitraryProgram({ features, constants: ['a', 'b', 'd'] }), (program) => {
        const names = program.constants.map((constant) => constant.name);
        inSandbox(names, names.length + 1, (sandbox) => {
          sandbox.constants.set(program.constants.map((constant) => constant.start));
          for (const graph of [program.graph, differentiate(program)]) {
            sandbox.compile(graph).run([0, layout.rowCount]);
            const outputs = ROWS.map((row) => graph.roots.map((_, k) => sandbox.outputs[k]?.[row]));
            expect(outputs).toEqual(interpreted(graph, startsOf(program)));
          }
        });
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('sees constants that change between calls, and writes no row outside the range', () => {
    const { graph } = programOf({ a: 1 }, 'c.a * batch.tokens');
    inSandbox(['a'], 1, (sandbox) => {
      const kernel = sandbox.compile(graph);
      const [output] = sandbox.outputs as [Float64Array];
      for (const a of [2, 5]) {
        sandbox.constants[0] = a;
        kernel.run([3, 6]);
        expect(output[4]).toBe(a * (layout.columns[0]?.[4] ?? 0));
      }
      expect([output[2], output[6]]).toEqual([0, 0]);
    });
  });

  it('leaves the feature columns as they were', () => {
    const before = checksum(layout.buffer);
    inSandbox(['a'], 2, (sandbox) => {
      sandbox.compile(differentiate(programOf({ a: 1 }, 'batch.tokens ** c.a'))).run([0, layout.rowCount]);
    });
    expect(checksum(layout.buffer)).toBe(before);
    const column = layout.columns[1] as Float64Array;
    const kept = column[5] as number;
    column[5] = kept + 1;
    expect(checksum(layout.buffer)).not.toBe(before);
    column[5] = kept;
    expect(checksum(layout.buffer)).toBe(before);
  });
});

const errorOf = (code: string): unknown => {
  const isolate = new ivm.Isolate({ memoryLimit: 8 });
  try {
    isolate.createContextSync().evalSync(code, { timeout: 200 });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    if (!isolate.isDisposed) isolate.dispose();
  }
};

describe('classifyFailure', () => {
  it('knows the errors of a real isolate', () => {
    expect(classifyFailure(errorOf('for (;;) {}')).reason).toBe('timeout');
    expect(classifyFailure(errorOf('const all = []; for (;;) all.push(new Array(1e4).fill(0))')).reason).toBe('memory');
    expect(classifyFailure(errorOf('throw new Error("other")')).reason).toBe('crash');
  });
});
