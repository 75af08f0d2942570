import * as fc from 'fast-check';
import { GraphBuilder, isBoolean, OP_NAMES, OPERATIONS, type OpName, type Program } from '../../src/program/index.ts';

/** One operation to add; picks choose its arguments among the nodes made so far, the latest first. */
interface Step {
  readonly op: OpName;
  readonly picks: readonly number[];
}

export interface ArbitraryOptions {
  readonly features: readonly string[];
  readonly constants: readonly string[];
  /** Most operations in a program, default 24. */
  readonly steps?: number;
  /** Operations to draw from, default all. */
  readonly ops?: readonly OpName[];
}

const EXPONENTS: readonly number[] = [2, 3, 0.5, -1, 1.5, 1 / 3, -0.75, 0];
const NUMBERS: readonly number[] = [0, 1, 2, -1, 7, -12, 50];

/** Functions of one argument are many and make chains; what joins and chooses must be drawn more often. */
function weightOf(op: OpName): number {
  return op === 'select' ? 6 : OPERATIONS[op].arity === 1 && op !== 'not' ? 1 : 3;
}

function pick(pool: readonly number[], at: number): number {
  return pool[pool.length - 1 - (at % pool.length)] ?? -1;
}

function assemble(options: ArbitraryOptions, steps: readonly Step[], starts: readonly number[]): Program {
  const builder = new GraphBuilder();
  const numbers = [
    ...NUMBERS.map((value) => builder.number(value)),
    ...options.features.map((name) => builder.feature(name)),
    ...options.constants.map((name) => builder.constant(name)),
  ];
  const conditions = [builder.op('gt', numbers.at(-1) ?? 0, pick(numbers, options.constants.length))];
  for (const { op, picks } of steps) {
    const { arity, kind } = OPERATIONS[op];
    const count = arity === 'many' ? 2 + ((picks[3] ?? 0) % 3) : arity;
    const args = Array.from({ length: count }, (_, i) =>
      pick(kind === 'logical' || (kind === 'select' && i === 0) ? conditions : numbers, picks[i] ?? 0),
    );
    if (op === 'pow' && (picks[3] ?? 0) % 2 === 0) {
      args[1] = builder.number(EXPONENTS[(picks[1] ?? 0) % EXPONENTS.length] ?? 2);
    }
    const node = builder.op(op, ...args);
    (isBoolean(builder.node(node)) ? conditions : numbers).push(node);
  }
  const graph = builder.build([numbers.at(-1) ?? 0]);
  const used = new Set(graph.nodes.flatMap((node) => (node.kind === 'constant' ? [node.name] : [])));
  const specs = options.constants.map((name, i) => ({ name, start: starts[i] ?? 1 }));
  return { doc: '', constants: specs.filter(({ name }) => used.has(name)), graph };
}

/** A number with an uneven fraction, so that two ways to compute a value do not meet at a tie by chance. */
export function arbitraryValue(size: number): fc.Arbitrary<number> {
  return fc.integer({ min: -Math.floor(size * 9973), max: Math.floor(size * 9973) }).map((n) => (n + 0.137) / 9973);
}

/** Random programs over every operation, with shared nodes, in microseconds of nonsense. */
export function arbitraryProgram(options: ArbitraryOptions): fc.Arbitrary<Program> {
  const ops = (options.ops ?? OP_NAMES).flatMap((op) => Array<OpName>(weightOf(op)).fill(op));
  const step = fc.record({
    op: fc.constantFrom(...ops),
    // Small numbers pick recent nodes, so that programs grow deep.
    picks: fc.array(fc.oneof({ weight: 2, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(40) }), {
      minLength: 4,
      maxLength: 4,
    }),
  });
  return fc
    .tuple(
      fc.array(step, { minLength: 1, maxLength: options.steps ?? 24, size: 'max' }),
      fc.array(arbitraryValue(5), { minLength: options.constants.length, maxLength: options.constants.length }),
    )
    .map(([steps, starts]) => assemble(options, steps, starts));
}

/** Values by name: mostly uneven, sometimes a small count, as features are. */
export function arbitraryInputs(names: readonly string[], size = 20): fc.Arbitrary<Record<string, number>> {
  const value = fc.oneof({ weight: 5, arbitrary: arbitraryValue(size) }, { weight: 1, arbitrary: fc.nat(8) });
  return fc
    .array(value, { minLength: names.length, maxLength: names.length })
    .map((values) => Object.fromEntries(names.map((name, i) => [name, values[i] ?? 0])));
}

export function startsOf(program: Program): Record<string, number> {
  return Object.fromEntries(program.constants.map(({ name, start }) => [name, start]));
}
