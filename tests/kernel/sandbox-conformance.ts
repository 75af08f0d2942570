import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRandom } from '../../src/numeric/index.ts';
import {
  differentiate,
  differentiateReverse,
  type Graph,
  type Inputs,
  interpret,
  OP_NAMES,
  OPERATIONS,
  type Program,
} from '../../src/program/index.ts';
import { isPure } from '../../src/evaluate/invariants.ts';
import { type Layout, layoutTable } from '../../src/evaluate/layout.ts';
import { classifyFailure, type HostName, type Kernel, Sandbox, SANDBOX_HOSTS } from '../../src/kernel/index.ts';
import { grownLibrary, PAGES, trappingLibrary } from './hostile.ts';
import { arbitraryProgram, startsOf } from '../program/arbitrary.ts';
import { allFinite, roundingNoise } from '../program/sensitivity.ts';
import { programOf, tableOf } from '../evaluate/tables.ts';

const LIMITS = { memoryMb: 32, timeoutMs: 10_000 };
const table = tableOf((row) => 100 + row.tokens, { rows: 30, experiments: 2 });
const layout: Layout = layoutTable(table, { scope: 'model', sampleRows: 20 }, createRandom(1));
const features = layout.features.map((feature) => feature.name);

const ROWS = [0, 7, layout.rowCount - 1];

function inputsOf(row: number, constants: Readonly<Record<string, number>>): Inputs {
  return {
    features: Object.fromEntries(features.map((name, k) => [name, layout.columns[k]?.[row] ?? Number.NaN])),
    constants,
  };
}

/** Operations whose results every platform rounds in the same way. */
const EXACT = OP_NAMES.filter((op) => OPERATIONS[op].isExact);

/** What a sandbox keeps in whichever host its kernels run. */
export function sandboxConformance(host: HostName): void {
  let sandbox: Sandbox;
  beforeAll(() => {
    sandbox = new Sandbox(layout, [], 4, LIMITS, host);
  });
  afterAll(() => sandbox.dispose());

  /** Values at `ROWS`; a zero without its sign. */
  function run(graph: Graph, program: Program): readonly (readonly number[])[] {
    const kernels = sandbox.compile(
      [graph],
      program.constants.map(({ name }) => name),
    );
    sandbox.run(
      kernels[0] as Kernel,
      Float64Array.from(program.constants, ({ start }) => start),
      [0, layout.rowCount],
    );
    sandbox.forget(kernels);
    return ROWS.map((row) => graph.roots.map((_, k) => (sandbox.outputs[k]?.[row] as number) + 0));
  }

  it('gives the bits of the interpreter by operations that are exact, derivatives too', () => {
    fc.assert(
      fc.property(arbitraryProgram({ features, constants: ['a', 'b', 'd'], ops: EXACT }), (program) => {
        for (const graph of [program.graph, differentiate(program)]) {
          const expected = ROWS.map((row) =>
            interpret(graph, inputsOf(row, startsOf(program))).map((value) => value + 0),
          );
          expect(run(graph, program)).toEqual(expected);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('agrees with the interpreter by all operations as far as rounding allows', () => {
    fc.assert(
      fc.property(arbitraryProgram({ features, constants: ['a', 'b', 'd'] }), (program) => {
        const values = run(program.graph, program);
        for (const [i, row] of ROWS.entries()) {
          const inputs = inputsOf(row, startsOf(program));
          if (!allFinite(program, inputs)) continue;
          const [expected = Number.NaN] = interpret(program.graph, inputs);
          const slack = 4 * roundingNoise(program, inputs) + 1e-14 * Math.abs(expected);
          expect(Math.abs((values[i]?.[0] ?? Number.NaN) - expected)).toBeLessThanOrEqual(slack);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('gives in reverse mode the derivatives of forward mode', () => {
    const programs = [
      'c.a * batch.tokens ** c.b + Math.sqrt(c.d * batch.kv)',
      'Math.max(c.a * batch.tokens, c.b * batch.kv, c.d) / (batch.requests + c.a)',
      'batch.kv > c.d ? Math.exp(c.a * batch.tokens / (batch.tokens + 1)) : Math.hypot(c.b * batch.requests, c.a)',
      'Math.min(c.a * batch.tokens, c.b) + Math.log1p(Math.abs(c.d * batch.kv)) * Math.tanh(c.a)',
    ].map((text) => programOf({ a: 1.5, b: 0.7, d: 12 }, text));
    for (const program of programs) {
      const names = program.constants.map(({ name }) => name);
      const forward = run(differentiate(program), program);
      expect(forward.flat().every(Number.isFinite)).toBe(true);
      const reverse = run(differentiateReverse(program.graph, names), program);
      for (const [i, values] of forward.entries()) {
        for (const [k, value] of values.entries()) {
          expect(Math.abs((reverse[i]?.[k] ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(value)));
        }
      }
    }
  });

  it('is not poisoned by the slope of a branch that was not taken', () => {
    const program = programOf({ a: 2 }, 'batch.tokens < 0 ? Math.log(0 * c.a * batch.tokens) : c.a * batch.tokens');
    const [[value, slope] = []] = run(differentiateReverse(program.graph, ['a']), program);
    expect(slope).toBeCloseTo((value ?? 0) / 2, 12);
  });

  it('sees constants that change between calls, and leaves the rows before its range', () => {
    const { graph } = programOf({ a: 1 }, 'c.a * batch.tokens');
    const [kernel] = sandbox.compile([graph], ['a']);
    const [output] = sandbox.outputs as [Float64Array];
    output.fill(0);
    for (const a of [2, 5]) {
      sandbox.run(kernel as Kernel, Float64Array.of(a), [3, 6]);
      expect(output[5]).toBe(a * (layout.columns[0]?.[5] ?? 0));
    }
    // Pairs of rows: an odd range writes one row more.
    expect([output[2], output[7]]).toEqual([0, 0]);
    sandbox.forget([kernel as Kernel]);
  });

  it('answers NaN for constants beyond all reason, which its shortcuts do not allow for', () => {
    const { graph } = programOf({ a: 1, b: 1 }, 'Math.max(batch.tokens, c.a * batch.kv - c.b)');
    const [kernel] = sandbox.compile([graph], ['a', 'b']);
    for (const a of [1e101, Number.NaN, Number.POSITIVE_INFINITY]) {
      sandbox.run(kernel as Kernel, Float64Array.of(a, 1), [0, 2]);
      expect(sandbox.outputs[0]?.[1]).toBeNaN();
    }
    sandbox.forget([kernel as Kernel]);
  });

  it('leaves the feature columns as they were, and tells when they are not', () => {
    const program = programOf({ a: 1 }, 'batch.tokens ** c.a');
    run(differentiate(program), program);
    expect(isPure(sandbox, layout)).toBe(true);
    const column = sandbox.column('requests');
    const kept = column[5] as number;
    column[5] = kept + 1;
    expect(isPure(sandbox, layout)).toBe(false);
    column[5] = kept;
    expect(isPure(sandbox, layout)).toBe(true);
  });

  const open = () => SANDBOX_HOSTS[host]({ pages: PAGES, slots: 4 }, { memoryMb: 8, timeoutMs: 10_000 });
  const failureOf = (act: () => void): string => {
    try {
      act();
    } catch (error) {
      return classifyFailure(error).reason;
    }
    return 'none';
  };

  it('keeps its memory whatever a module asks for', () => {
    const opened = open();
    const words = new Int32Array(opened.memory);
    opened.library(0, grownLibrary());
    opened.run(0, 0, 0);
    // What memory.grow answers where it refuses.
    expect(words[0]).toBe(-1);
    expect(opened.memory.byteLength).toBe(65_536 * PAGES);
    opened.dispose();
  });

  it('does not link a module that counts on more memory', () => {
    const opened = open();
    expect(failureOf(() => opened.library(0, grownLibrary(PAGES + 1)))).toBe('crash');
    expect(failureOf(() => opened.compile(new Uint8Array(8)))).toBe('crash');
    opened.dispose();
  });

  it('outlives a trap', () => {
    const opened = open();
    for (const how of ['unreachable', 'beyond the memory', 'no kernel'] as const) {
      opened.library(0, trappingLibrary(how));
      expect(failureOf(() => opened.run(0, 0, 0))).toBe('crash');
    }
    opened.library(0, grownLibrary());
    expect(failureOf(() => opened.run(0, 0, 0))).toBe('none');
    opened.dispose();
  });

  it('takes as many kernels as it has room for, and others once it has let go of some', () => {
    const { graph } = programOf({ a: 1 }, 'c.a * batch.tokens');
    const all: Kernel[] = [];
    expect(() => {
      for (;;) all.push(...sandbox.compile(Array(64).fill(graph), ['a']));
    }).toThrow(/no room/);
    expect(all.length).toBeGreaterThan(256);
    sandbox.forget(all.slice(0, 64));
    sandbox.forget(sandbox.compile([graph], ['a']));
    sandbox.forget(all.slice(64));
  });

  it('can be left twice', () => {
    const left = new Sandbox(layout, [], 4, LIMITS, host);
    left.dispose();
    left.dispose();
    expect(left.outputs).toHaveLength(4);
  });
}
