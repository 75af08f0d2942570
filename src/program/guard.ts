import { bounds } from './bounds.ts';
import type { FeatureTable } from './feature-table.ts';
import { GraphBuilder } from './graph-builder.ts';
import { literalOf } from './graph-tools.ts';
import { interval, type Interval } from './interval.ts';
import type { Graph, IrNode, Program } from './ir.ts';
import { whereNoticed } from './noticed.ts';
import { type Keeps, NOT_FINITE } from './operations/columns.ts';
import { OPERATIONS, type OpName } from './operations.ts';
import { withReductions } from './reductions/index.ts';

/** Per node: whether its value is 0 or at least 1 wherever features that count are whole numbers. */
function zeroOrMore(graph: Graph, ranges: readonly Interval[], counts: ReadonlySet<string>): readonly boolean[] {
  const whole: boolean[] = [];
  const step: boolean[] = [];
  graph.nodes.forEach((node, i) => {
    const kept = (column: 'whole' | 'zeroOrMore', of: readonly boolean[]): boolean => {
      if (node.kind !== 'op') return false;
      const keeps: Keeps = OPERATIONS[node.op][column];
      return keeps(
        node.args.map((arg) => of[arg] === true),
        (at) => literalOf(graph, node.args[at]),
      );
    };
    whole[i] =
      (node.kind === 'number' && Number.isInteger(node.value)) ||
      (node.kind === 'feature' && counts.has(node.name)) ||
      kept('whole', whole);
    step[i] = (whole[i] && (ranges[i]?.lo ?? -1) >= 0) || kept('zeroOrMore', step);
  });
  return step;
}

/** Which truth a logical operation's result forces on its argument `at`: that of all arguments that give the result, or none. */
function forced(op: OpName, at: number, truth: boolean): boolean | undefined {
  const { arity, evaluate } = OPERATIONS[op];
  const count = arity === 'many' ? 2 : arity;
  const places = Array.from({ length: count }, (_, place) => place);
  const cases = Array.from({ length: 2 ** count }, (_, bits) => places.map((place) => (bits >> place) & 1));
  const giving = new Set(cases.filter((args) => (evaluate(args) !== 0) === truth).map((args) => args[at] === 1));
  return giving.size === 1 ? giving.has(true) : undefined;
}

/** Nodes that are not 0 where a condition is `truth`. */
function nonZero(graph: Graph, condition: number, truth: boolean): readonly number[] {
  const node = graph.nodes[condition];
  if (node?.kind !== 'op') return [];
  const { kind, evaluate } = OPERATIONS[node.op];
  if (kind === 'logical') {
    return node.args.flatMap((arg, at) => {
      const known = forced(node.op, at, truth);
      return known === undefined ? [] : nonZero(graph, arg, known);
    });
  }
  if (kind !== 'comparison') return [];
  const [a = -1, b = -1] = node.args;
  const [x, y] = [literalOf(graph, a), literalOf(graph, b)];
  // What stands beside a number is not 0 where 0 in its place would give the other truth.
  const excludes = (args: readonly number[]): boolean => (evaluate(args) !== 0) !== truth;
  return [...(y !== undefined && excludes([0, y]) ? [a] : []), ...(x !== undefined && excludes([x, 0]) ? [b] : [])];
}

/** Per node: the nodes that are not 0 wherever its value matters, by the conditions of the choices above it. */
function knownNonZero(graph: Graph): readonly ReadonlySet<number>[] {
  const known: (ReadonlySet<number> | undefined)[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    if (node?.kind !== 'op') continue;
    node.args.forEach((arg, at) => {
      const chosen =
        OPERATIONS[node.op].kind === 'select' && at > 0 ? nonZero(graph, node.args[0] ?? -1, at === 1) : [];
      const here = new Set([...(known[i] ?? []), ...chosen]);
      const before = known[arg];
      known[arg] = before === undefined ? here : new Set([...before].filter((each) => here.has(each)));
    });
  }
  return graph.nodes.map((_, i) => known[i] ?? new Set());
}

/** Position of the argument at whose 0 an operation has no finite value. */
function fragileAt(graph: Graph, { op, args }: IrNode & { kind: 'op' }): number | undefined {
  const domain = OPERATIONS[op].domain((at) => literalOf(graph, args[at]));
  return domain?.edge === 0 && !domain.holdsEdge ? domain.at : undefined;
}

const ANY: Interval = interval(-Infinity, Infinity);

/**
 * Guards counts against 0: x / n becomes x / max(n, 1), and so do n to a negative power, log n, log2 n and log10 n, where n
 * reaches down to 0 and is 0 or at least 1 by construction: a feature that counts, and sums, products, minima, maxima, powers,
 * roots and choices of such; differences only where their interval has no negative number.
 *
 * Exact: wherever the program has a finite value on whole-numbered counts, the guarded one has the same value, to the bit.
 * So a place where an infinity may be lost on its way to the root stays as it is: below min, max, exp, expm1 and tanh, in a
 * divisor, an exponent or a condition. log1p, roots and positive powers need no guard, for they have a value at 0; a divisor that
 * is a time or a share can have values between 0 and 1, which max would change. Where the condition of a choice says that n is
 * not 0, there is nothing to guard.
 *
 * @param features names that it lacks have any value and count nothing
 * @returns the same object where nothing is to be guarded; idempotent
 */
export function guard(program: Program, features: FeatureTable): Program {
  const { graph } = program;
  const table = withReductions(features, graph);
  const known = new Map(table.map(({ name, range: [lo, hi] }) => [name, interval(lo, hi)]));
  const used = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  const ranges = bounds(graph, {
    features: Object.fromEntries(used.map((name) => [name, known.get(name) ?? ANY])),
    constants: Object.fromEntries(program.constants.map(({ name }) => [name, ANY])),
  });
  const counted = zeroOrMore(graph, ranges, new Set(table.filter(({ isCount }) => isCount).map(({ name }) => name)));
  const noticed = whereNoticed(graph, 'every');
  const excluded = knownNonZero(graph);

  const builder = new GraphBuilder();
  const made: number[] = [];
  let guards = 0;
  graph.nodes.forEach((node, i) => {
    if (node.kind !== 'op') {
      made.push(builder.copy(graph, i));
      return;
    }
    const at = noticed[i] === NOT_FINITE ? fragileAt(graph, node) : undefined;
    const fragile = node.args[at ?? -1] ?? -1;
    const { lo, hi } = ranges[fragile] ?? ANY;
    const isOpen = counted[fragile] === true && lo === 0 && hi > 0 && excluded[i]?.has(fragile) === false;
    const args = node.args.map((arg) => made[arg] ?? -1);
    if (isOpen && at !== undefined) {
      guards += 1;
      args[at] = builder.op('max', args[at] ?? -1, builder.number(1));
    }
    made.push(builder.op(node.op, ...args));
  });
  if (guards === 0) return program;
  // With a divisor guarded, what lies above it may be known to have no negative value.
  return guard(
    Object.freeze({ ...program, graph: builder.build(graph.roots.map((root) => made[root] ?? -1)) }),
    features,
  );
}
