import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bounds,
  canonicalKey,
  conditionConstants,
  contains,
  differentiate,
  evaluateNodes,
  GraphBuilder,
  interpret,
  interval,
  KERNEL_PARAMETERS,
  measure,
  OPERATIONS,
  parseProgram,
  printJavaScriptKernel,
  printSource,
  type Program,
  simplify,
} from '../../src/program/index.ts';
import { arbitraryInputs, arbitraryProgram, arbitraryValue, startsOf } from './arbitrary.ts';
import { allFinite, roundingNoise } from './sensitivity.ts';

const FEATURES = ['tokens', 'requests', 'contextTokens'];
const CONSTANTS = ['alpha', 'beta', 'gamma', 'delta'];
const programs = arbitraryProgram({ features: FEATURES, constants: CONSTANTS });
const inputs = arbitraryInputs(FEATURES);
const RUNS = { seed: 1, numRuns: 1500 };

function reparse(program: Program): Program {
  const result = parseProgram(printSource(program));
  if (!result.ok) throw new Error(`${JSON.stringify(result.diagnostics)}\n${printSource(program)}`);
  return result.program;
}

describe('printing and parsing', () => {
  it('gives back every program that was once parsed', () => {
    fc.assert(
      fc.property(programs, (random) => {
        const program = reparse(random);
        expect(reparse(program)).toEqual(program);
        const simple = simplify(program);
        expect(reparse(simple)).toEqual(simple);
      }),
      RUNS,
    );
  });

  it('keeps the value of any program', () => {
    fc.assert(
      fc.property(programs, inputs, (program, features) => {
        const read = reparse(program);
        const at = { features, constants: startsOf(program) };
        fc.pre(allFinite(program, at));
        const [after = NaN] = interpret(read.graph, { features, constants: startsOf(read) });
        // Plus 0: a negative zero is printed as 0.
        expect(after + 0).toBe((interpret(program.graph, at)[0] ?? NaN) + 0);
      }),
      RUNS,
    );
  });

  it('gives back every doc', () => {
    const graph = new GraphBuilder();
    const body = graph.build([graph.feature('tokens')]);
    const line = fc.oneof(fc.string(), fc.constantFrom('*/', '* item', '// x', '/', '  indented', ''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const written = reparse({ doc: lines.join('\n'), constants: [], graph: body });
        expect(reparse(written)).toEqual(written);
      }),
      RUNS,
    );
  });
});

describe('simplify', () => {
  it('keeps the value wherever every intermediate value is finite', () => {
    let compared = 0;
    fc.assert(
      fc.property(programs, inputs, (program, features) => {
        const at = { features, constants: startsOf(program) };
        fc.pre(allFinite(program, at));
        const simple = simplify(program);
        const [before = NaN] = interpret(program.graph, at);
        const [after = NaN] = interpret(simple.graph, { features, constants: startsOf(simple) });
        const noise = roundingNoise(program, at);
        fc.pre(Number.isFinite(noise));
        compared += 1;
        expect(Math.abs(after - before)).toBeLessThanOrEqual(1e-12 * Math.abs(before) + 8 * noise + 1e-300);
      }),
      RUNS,
    );
    expect(compared).toBeGreaterThan(RUNS.numRuns / 2);
  });

  it('is idempotent and never makes a program larger', () => {
    fc.assert(
      fc.property(programs, (program) => {
        const simple = simplify(program);
        const fresh: Program = JSON.parse(JSON.stringify(simple));
        expect(simplify(fresh)).toEqual(fresh);
        const operations = program.graph.nodes.reduce(
          (sum, node) => sum + (node.kind === 'op' && node.op !== 'select' ? Math.max(1, node.args.length - 1) : 0),
          0,
        );
        expect(measure(program).operations).toBeLessThanOrEqual(operations);
      }),
      RUNS,
    );
  });
});

describe('numbers in a chain', () => {
  const orders = <T>(items: readonly T[]): readonly (readonly T[])[] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item, i) => orders(items.filter((_, j) => j !== i)).map((rest) => [item, ...rest]));

  it.each([
    ['add', [3, -3, 5, -7, 2 ** 40, -(2 ** 40)]],
    ['mul', [2, -2, 3, 2 ** 30, 7]],
  ] as const)('of %s come to the same in whatever order they are written', (op, numbers) => {
    const built = (order: readonly number[]): Program => {
      const builder = new GraphBuilder();
      const root = order.reduce((chain, value) => builder.op(op, chain, builder.number(value)), builder.feature('f'));
      return { doc: '', constants: [], graph: builder.build([root]) };
    };
    const texts = orders(numbers).map((order) => printSource(simplify(built(order))));
    expect([...new Set(texts)]).toHaveLength(1);
  });
});

/** The program with its nodes made in another order, commutative operands reversed where `flips` says so, constants renamed. */
function disguise(program: Program, flips: readonly boolean[], starts: readonly number[]): Program {
  const builder = new GraphBuilder();
  const names = new Map(program.constants.map(({ name }, i) => [name, `z${(i * 7 + 3) % 11}`]));
  const made: number[] = [];
  program.graph.nodes.forEach((node, i) => {
    if (node.kind === 'op') {
      const args = node.args.map((arg) => made[arg] ?? -1);
      const flip = OPERATIONS[node.op].commutative && flips[i % flips.length];
      made.push(builder.op(node.op, ...(flip ? args.toReversed() : args)));
    } else if (node.kind === 'constant') made.push(builder.constant(names.get(node.name) ?? ''));
    else made.push(node.kind === 'feature' ? builder.feature(node.name) : builder.number(node.value));
  });
  const constants = program.constants.map(({ name }, i) => ({ name: names.get(name) ?? '', start: starts[i] ?? 1 }));
  return {
    doc: 'other',
    constants: constants.toReversed(),
    graph: builder.build([made[program.graph.roots[0] ?? -1] ?? -1]),
  };
}

describe('canonicalKey', () => {
  it('does not see names and starts of constants, order of commutative operands, or the doc', () => {
    const flips = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 });
    const starts = fc.array(arbitraryValue(3), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(programs, flips, starts, (program, flip, start) => {
        expect(canonicalKey(disguise(program, flip, start))).toBe(canonicalKey(program));
      }),
      RUNS,
    );
  });
});

describe('differentiate', () => {
  it('agrees with finite differences away from kinks', () => {
    let compared = 0;
    fc.assert(
      fc.property(programs, inputs, (program, features) => {
        const starts = startsOf(program);
        const at = (name: string, value: number): number =>
          interpret(program.graph, { features, constants: { ...starts, [name]: value } })[0] ?? NaN;
        fc.pre(allFinite(program, { features, constants: starts }));
        const [value = NaN, ...partials] = interpret(differentiate(program), { features, constants: starts });
        expect(value).toBeCloseTo(interpret(program.graph, { features, constants: starts })[0] ?? NaN, 8);
        const rounding = roundingNoise(program, { features, constants: starts });
        const steps = conditionConstants(program);
        program.constants.forEach(({ name, start }, k) => {
          if (steps.includes(name)) return;
          const h = 1e-5 * Math.max(Math.abs(start), 1e-2);
          const difference = (step: number): number => (at(name, start + step) - at(name, start - step)) / (2 * step);
          const [whole, half] = [difference(h), difference(h / 2)];
          const sides = [(at(name, start + h) - value) / h, (value - at(name, start - h)) / h] as const;
          const noise = (8 * rounding + 1e-14 * Math.abs(value)) / h;
          const scale = Math.abs(half) + noise;
          const smooth = Math.abs(whole - half) < 1e-5 * scale && Math.abs(sides[0] - sides[1]) < 1e-2 * scale;
          if (!smooth || noise > 1e-4 * Math.abs(half)) return;
          compared += 1;
          expect(Math.abs((partials[k] ?? NaN) - half) / scale, `${printSource(program)} by ${name}`).toBeLessThan(
            1e-3,
          );
        });
      }),
      RUNS,
    );
    expect(compared).toBeGreaterThan(300);
  });
});

describe('bounds', () => {
  it('enclose the value of every node', () => {
    const box = fc.record({ lo: arbitraryValue(10), size: fc.oneof(fc.constant(0), fc.nat(30), arbitraryValue(3)) });
    const count = FEATURES.length + CONSTANTS.length;
    const at = fc.array(fc.constantFrom(0, 0.25, 0.5, 0.8, 1), { minLength: count, maxLength: count });
    fc.assert(
      fc.property(programs, fc.array(box, { minLength: count, maxLength: count }), at, (program, boxes, places) => {
        const ranges = boxes.map(({ lo, size }, i) => {
          // Every other interval starts at 0, where logarithms, roots and quotients leave their domain.
          const from = i % 2 === 0 ? 0 : lo;
          return interval(from, from + Math.abs(size));
        });
        const values = ranges.map(({ lo, hi }, i) => Math.min(hi, lo + (hi - lo) * (places[i] ?? 0)));
        const named = <T>(items: readonly T[], names: readonly string[], from: number): Record<string, T> =>
          Object.fromEntries(names.map((name, i) => [name, items[from + i] as T]));
        const intervals = bounds(program.graph, {
          features: named(ranges, FEATURES, 0),
          constants: named(ranges, CONSTANTS, FEATURES.length),
        });
        const exact = evaluateNodes(program.graph, {
          features: named(values, FEATURES, 0),
          constants: named(values, CONSTANTS, FEATURES.length),
        });
        program.graph.nodes.forEach((node, i) => {
          const range = intervals[i] ?? interval(0, 0);
          const inside = contains(range, exact[i] ?? NaN);
          expect(inside, `${JSON.stringify(node)}: ${exact[i]} in ${JSON.stringify(range)}`).toBe(true);
        });
      }),
      { seed: 1, numRuns: 4000 },
    );
  });
});

describe('the JavaScript kernel', () => {
  it('gives the bits of the interpreter, for values and derivatives', () => {
    fc.assert(
      fc.property(programs, fc.array(inputs, { minLength: 1, maxLength: 6 }), (program, rows) => {
        const graph = differentiate(program);
        const constants = startsOf(program);
        const kernel = printJavaScriptKernel(graph, { constantNames: CONSTANTS });
        const run = new Function(...KERNEL_PARAMETERS, kernel.text);
        const outputs = graph.roots.map(() => new Float64Array(rows.length));
        run(
          kernel.featureNames.map((name) => Float64Array.from(rows, (row) => row[name] ?? NaN)),
          Float64Array.from(kernel.constantNames, (name) => constants[name] ?? NaN),
          outputs,
          0,
          rows.length,
        );
        rows.forEach((features, i) => {
          expect(outputs.map((column) => column[i])).toEqual(interpret(graph, { features, constants }));
        });
      }),
      { seed: 1, numRuns: 600 },
    );
  });
});
