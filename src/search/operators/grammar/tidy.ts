import {
  type Graph,
  GraphBuilder,
  type IrNode,
  OPERATIONS,
  type OpName,
  type Program,
  simplify,
} from '../../../program/index.ts';

/**
 * Takes out constants that say nothing of their own where simplification, which keeps the value, may leave them: a factor
 * in front of an expression whose own constants can take it in, and an addend beside one. Mutation and crossover make many
 * of these; each would cost an operation, and the fit could not tell them apart from the others. Only constants that are
 * used once are touched, so the family of functions stays the same.
 */

interface CountedGraph {
  readonly graph: Graph;
  /** How often each node is an argument. */
  readonly uses: readonly number[];
}

function countUses(graph: Graph): readonly number[] {
  const uses = graph.nodes.map(() => 0);
  for (const node of graph.nodes) {
    if (node.kind === 'op') for (const arg of node.args) uses[arg] = (uses[arg] as number) + 1;
  }
  for (const root of graph.roots) uses[root] = (uses[root] as number) + 1;
  return uses;
}

function nodeAt({ graph }: CountedGraph, i: number): IrNode {
  return graph.nodes[i] as IrNode;
}

/** What is taken in by the constants below an operation. */
type Taken = 'factor' | 'addend';

interface Taker {
  readonly name: string;
  readonly power: number;
}

/** The constants at or below `i` that together take the factor or addend in, or undefined where they cannot. */
function takers(counted: CountedGraph, i: number, taken: Taken, power = 1): readonly Taker[] | undefined {
  if (counted.uses[i] !== 1) return undefined;
  const node = nodeAt(counted, i);
  if (node.kind === 'constant') return [{ name: node.name, power }];
  const passage = node.kind === 'op' ? OPERATIONS[node.op].grammar[taken] : undefined;
  if (node.kind !== 'op' || passage === undefined) return undefined;
  const found = node.args
    .slice(passage.from, passage.until)
    .map((arg) => takers(counted, arg, taken, power * passage.power));
  if (passage.to === 'one') return found.find((each) => each !== undefined);
  return found.every((each) => each !== undefined) ? found.flat() : undefined;
}

interface Rule {
  readonly chain: OpName;
  readonly neutral: number;
  readonly taken: Taken;
  readonly admits: (value: number) => boolean;
  readonly take: (start: number, value: number, power: number) => number;
}

const RULES: readonly Rule[] = [
  {
    chain: 'mul',
    neutral: 1,
    taken: 'factor',
    // Extremes and roots let positive factors through only.
    admits: (value) => value > 0 && Number.isFinite(value),
    take: (start, value, power) => start * value ** power,
  },
  { chain: 'add', neutral: 0, taken: 'addend', admits: Number.isFinite, take: (start, value) => start + value },
];

/** Members of a chain of one operation that nothing else uses. */
function links(counted: CountedGraph, i: number, op: OpName): readonly number[] {
  const node = nodeAt(counted, i);
  if (node.kind !== 'op' || node.op !== op) return [i];
  return node.args.flatMap((arg) => (counted.uses[arg] === 1 ? links(counted, arg, op) : [arg]));
}

/** One constant less, or undefined where every constant is needed. */
function step(program: Program): Program | undefined {
  const { graph } = program;
  const counted: CountedGraph = { graph, uses: countUses(graph) };
  const starts = new Map(program.constants.map(({ name, start }) => [name, start]));
  for (const { chain, neutral, taken, admits, take } of RULES) {
    for (const [i, node] of graph.nodes.entries()) {
      if (node.kind !== 'op' || node.op !== chain) continue;
      const members = links(counted, i, chain);
      for (const member of members) {
        const spec = nodeAt(counted, member);
        const value = spec.kind === 'constant' && counted.uses[member] === 1 ? (starts.get(spec.name) ?? NaN) : NaN;
        if (!admits(value)) continue;
        const taking = members
          .filter((other) => other !== member)
          .map((other) => takers(counted, other, taken))
          .find((found) => found !== undefined);
        if (taking === undefined) continue;
        for (const { name, power } of taking) starts.set(name, take(starts.get(name) ?? 0, value, power));
        const builder = new GraphBuilder();
        const root = builder.copy(graph, graph.roots[0] as number, (_, at) =>
          at === member ? builder.number(neutral) : undefined,
        );
        const constants = program.constants
          .filter(({ name }) => spec.kind !== 'constant' || name !== spec.name)
          .map(({ name }) => ({ name, start: starts.get(name) as number }));
        return { ...program, constants, graph: builder.build([root]) };
      }
    }
  }
  return undefined;
}

/** The program, simplified, without redundant constants; the others take over the values of those. */
export function tidy(program: Program): Program {
  let current = simplify(program);
  for (let next = step(current); next !== undefined; next = step(current)) current = simplify(next);
  return current;
}
