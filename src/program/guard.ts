import { bounds } from './bounds.ts';
import type { FeatureTable } from './feature-table.ts';
import { GraphBuilder } from './graph-builder.ts';
import { literalOf } from './graph-tools.ts';
import { interval, type Interval } from './interval.ts';
import type { Graph, IrNode, Program } from './ir.ts';
import { NOT_FINITE, whereNoticed } from './noticed.ts';
import type { OpName } from './operators.ts';

const KEEP_WHOLE: ReadonlySet<OpName> = new Set<OpName>(['add', 'sub', 'mul', 'neg', 'min', 'max', 'abs']);
/** Operations whose result is 0 or at least 1 where all arguments are. */
const KEEP_STEP: ReadonlySet<OpName> = new Set<OpName>(['add', 'mul', 'min', 'max', 'hypot', 'sqrt', 'cbrt']);

/** Per node: whether its value is 0 or at least 1 wherever features that count are whole numbers. */
const zeroOrMore = (graph: Graph, ranges: readonly Interval[], counts: ReadonlySet<string>): readonly boolean[] => {
  const whole: boolean[] = [];
  const step: boolean[] = [];
  graph.nodes.forEach((node, i) => {
    const all = (of: readonly boolean[], args: readonly number[]): boolean => args.every((arg) => of[arg] === true);
    const kept = (of: readonly boolean[], keepers: ReadonlySet<OpName>, least: number): boolean => {
      if (node.kind !== 'op') return false;
      if (node.op === 'select') return all(of, node.args.slice(1));
      if (node.op !== 'pow') return keepers.has(node.op) && all(of, node.args);
      const exponent = literalOf(graph, node.args[1]) ?? Number.NaN;
      return exponent >= least && (least === 0 || Number.isInteger(exponent)) && all(of, node.args.slice(0, 1));
    };
    whole[i] =
      (node.kind === 'number' && Number.isInteger(node.value)) ||
      (node.kind === 'feature' && counts.has(node.name)) ||
      (node.kind === 'op' && (node.op === 'floor' || node.op === 'ceil')) ||
      kept(whole, KEEP_WHOLE, 1);
    step[i] = (whole[i] && (ranges[i]?.lo ?? -1) >= 0) || kept(step, KEEP_STEP, 0);
  });
  return step;
};

type Comparison = Extract<OpName, 'lt' | 'le' | 'gt' | 'ge' | 'eq' | 'ne'>;
const COMPLEMENTS: Readonly<Record<Comparison, Comparison>> = {
  lt: 'ge',
  le: 'gt',
  gt: 'le',
  ge: 'lt',
  eq: 'ne',
  ne: 'eq',
};
/** Whether what stands so to a number cannot be 0; what stands left of the sign and what stands right of it. */
const EXCLUDES_ZERO: Readonly<
  Record<Comparison, readonly [left: (x: number) => boolean, right: (x: number) => boolean]>
> = {
  lt: [(x) => x <= 0, (x) => x >= 0],
  le: [(x) => x < 0, (x) => x > 0],
  gt: [(x) => x >= 0, (x) => x <= 0],
  ge: [(x) => x > 0, (x) => x < 0],
  eq: [(x) => x !== 0, (x) => x !== 0],
  ne: [(x) => x === 0, (x) => x === 0],
};
const isComparison = (op: OpName): op is Comparison => Object.hasOwn(COMPLEMENTS, op);

/** Nodes that are not 0 where a condition is `truth`. */
const nonZero = (graph: Graph, condition: number, truth: boolean): readonly number[] => {
  const node = graph.nodes[condition];
  if (node?.kind !== 'op') return [];
  const [a = -1, b = -1] = node.args;
  if (node.op === 'not') return nonZero(graph, a, !truth);
  if (node.op === (truth ? 'and' : 'or')) return [a, b].flatMap((arg) => nonZero(graph, arg, truth));
  if (!isComparison(node.op)) return [];
  const [left, right] = EXCLUDES_ZERO[truth ? node.op : COMPLEMENTS[node.op]];
  const [x, y] = [literalOf(graph, a), literalOf(graph, b)];
  return [...(y !== undefined && left(y) ? [a] : []), ...(x !== undefined && right(x) ? [b] : [])];
};

/** Per node: the nodes that are not 0 wherever its value matters, by the conditions of the choices above it. */
const knownNonZero = (graph: Graph): readonly ReadonlySet<number>[] => {
  const known: (ReadonlySet<number> | undefined)[] = [];
  for (let i = graph.nodes.length - 1; i >= 0; i--) {
    const node = graph.nodes[i];
    if (node?.kind !== 'op') continue;
    node.args.forEach((arg, at) => {
      const chosen = node.op === 'select' && at > 0 ? nonZero(graph, node.args[0] ?? -1, at === 1) : [];
      const here = new Set([...(known[i] ?? []), ...chosen]);
      const before = known[arg];
      known[arg] = before === undefined ? here : new Set([...before].filter((each) => here.has(each)));
    });
  }
  return graph.nodes.map((_, i) => known[i] ?? new Set());
};

/** Position of the argument at whose 0 an operation has no finite value. */
const fragileAt = (graph: Graph, { op, args }: IrNode & { kind: 'op' }): number | undefined => {
  if (op === 'div') return 1;
  if (op === 'log' || op === 'log2' || op === 'log10') return 0;
  return op === 'pow' && (literalOf(graph, args[1]) ?? 0) < 0 ? 0 : undefined;
};

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
export const guard = (program: Program, features: FeatureTable): Program => {
  const { graph } = program;
  const known = new Map(features.map(({ name, range: [lo, hi] }) => [name, interval(lo, hi)]));
  const used = graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  const ranges = bounds(graph, {
    features: Object.fromEntries(used.map((name) => [name, known.get(name) ?? ANY])),
    constants: Object.fromEntries(program.constants.map(({ name }) => [name, ANY])),
  });
  const counted = zeroOrMore(graph, ranges, new Set(features.filter(({ isCount }) => isCount).map(({ name }) => name)));
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
};
