import type { RegressionTable } from '../data/index.ts';
import {
  bounds,
  type Domain,
  evaluateColumns,
  type FeatureInfo,
  type FeatureTable,
  type Graph,
  GraphBuilder,
  interval,
  type Interval,
  type IrNode,
  literalOf,
  MIXED,
  OPERATIONS,
  printExpression,
  whereNoticed,
} from '../program/index.ts';

/** Columns in the order of the features, and the rows of each experiment; only training rows are read. */
export type TrainingColumns = Pick<RegressionTable, 'columns' | 'experiments'>;

function domainOf(graph: Graph, node: IrNode): Domain | undefined {
  return node.kind === 'op' ? OPERATIONS[node.op].domain((at) => literalOf(graph, node.args[at])) : undefined;
}

/**
 * Finds an operation that has no finite value on some batches within the features' ranges, where that is sure to leave the
 * program without one, whatever its constants are: a divisor that crosses 0, a logarithm or root of what can be negative.
 *
 * Intervals alone would cry wolf. They do not see that `a - a` is 0, nor that features belong together: a batch has no more
 * requests than tokens, so `tokens - requests` is never negative, whatever the two ranges say. Two things count as proof.
 * One feature at an end of its range, with all others anywhere in theirs, leaves the argument no value inside the domain: it
 * does not matter then which of these batches exist. Or the training rows hold such a batch. A pole is proven by a batch
 * on either side of it, but not where the divisor can jump over it (a choice, floor, a count); and by one on it.
 *
 * What may go unnoticed is left to the rows: what is below a branch of a choice or a comparison, and poles below min, max, exp,
 * tanh or a divisor, which absorb an infinity. NaN passes through min and max, so roots and logarithms count there.
 *
 * @returns one line: what the program does, the range of the expression, what to write instead; undefined without a proof
 */
export function findOutOfDomain(graph: Graph, features: FeatureTable, table?: TrainingColumns): string | undefined {
  const noticed = whereNoticed(graph, 'some');
  for (const [i, node] of graph.nodes.entries()) {
    const domain = domainOf(graph, node);
    if (node.kind !== 'op' || domain === undefined || (noticed[i] ?? 0) < (domain.isPole ? 2 : 1)) continue;
    const root = node.args[domain.at] ?? -1;
    const argument = subgraph(graph, root);
    if (argument.nodes.some(({ kind }) => kind === 'constant')) continue;
    const range = rangeOf(argument, features);
    if (!mayLeave(domain, range)) continue;
    // expm1(d) / d is smooth at 0.
    const cancelling = node.args[domain.cancelledBy ?? -1];
    const isSmooth = cancelling !== undefined && isBelow(graph, root, cancelling);
    const where = provenByRanges(argument, domain, features, isSmooth)
      ? between(range, argument, features)
      : table && provenByRows(argument, domain, features, table, { isSmooth, noticesInfinity: noticed[i] === 2 });
    if (where !== undefined) return `${domain.does} ${printExpression(argument)}, which is ${where}; ${domain.mend}`;
  }
  return undefined;
}

function subgraph(graph: Graph, root: number): Graph {
  const builder = new GraphBuilder();
  return builder.build([builder.copy(graph, root)]);
}

function isBelow(graph: Graph, wanted: number, root: number): boolean {
  const below = new Set([root]);
  for (let i = root; i > wanted; i--) {
    const node = graph.nodes[i];
    if (below.has(i) && node?.kind === 'op') for (const arg of node.args) below.add(arg);
  }
  return below.has(wanted);
}

/** The interval of a graph without constants; `at` narrows one feature. */
function rangeOf(
  graph: Graph,
  features: FeatureTable,
  at?: { readonly name: string; readonly value: number },
): Interval {
  const ranges = features.map(({ name, range: [lo, hi] }): [string, Interval] => [
    name,
    name === at?.name ? interval(at.value, at.value) : interval(lo, hi),
  ]);
  const all = bounds(graph, { features: Object.fromEntries(ranges), constants: {} });
  return all[graph.roots[0] ?? -1] as Interval;
}

/** Whether the interval has something outside; where it only touches the edge, the rows must tell. */
function mayLeave({ edge, isPole, holdsEdge }: Domain, { lo, hi }: Interval): boolean {
  if (isPole) return lo <= edge && edge <= hi;
  return holdsEdge ? lo < edge : lo <= edge;
}

function usedFeatures(graph: Graph, features: FeatureTable): readonly FeatureInfo[] {
  const names = new Set(graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : [])));
  return features.filter(({ name }) => names.has(name));
}

/** Whether a value on either side of 0 makes sure that 0 lies between: no jump, and no feature that takes separate values. */
function isContinuous(graph: Graph, features: FeatureTable): boolean {
  const jumps = ({ unit, range: [lo, hi], isDiscrete }: FeatureInfo): boolean =>
    isDiscrete === true || (unit === '1' && lo === 0 && hi === 1);
  return (
    graph.nodes.every((node) => node.kind !== 'op' || OPERATIONS[node.op].continuity === 'continuous') &&
    !usedFeatures(graph, features).some(jumps)
  );
}

function provenByRanges(argument: Graph, domain: Domain, features: FeatureTable, isSmooth: boolean): boolean {
  const ends = usedFeatures(argument, features).flatMap(({ name, range }) =>
    range.filter(Number.isFinite).map((value) => rangeOf(argument, features, { name, value })),
  );
  const isBelowEdge = ends.some(({ lo, hi }) => lo <= hi && hi < domain.edge);
  if (!domain.isPole) return isBelowEdge;
  return (
    isBelowEdge &&
    ends.some(({ lo, hi }) => lo <= hi && lo > domain.edge) &&
    !isSmooth &&
    isContinuous(argument, features)
  );
}

interface Surroundings {
  readonly isSmooth: boolean;
  readonly noticesInfinity: boolean;
}

/** What the argument ranges over on the training rows, where they hold a batch outside the domain. */
function provenByRows(
  argument: Graph,
  domain: Domain,
  features: FeatureTable,
  { columns, experiments }: TrainingColumns,
  { isSmooth, noticesInfinity }: Surroundings,
): string | undefined {
  const used = new Set(usedFeatures(argument, features));
  let [lo, hi, atEdge] = [Infinity, -Infinity, false];
  for (const { rows } of experiments) {
    const [start, end] = rows.train;
    const named = features.flatMap((feature, k): [string, Float64Array][] =>
      used.has(feature) ? [[feature.name, (columns[k] as Float64Array).subarray(start, end)]] : [],
    );
    const [values = new Float64Array()] = evaluateColumns(argument, Object.fromEntries(named), {}, end - start);
    for (const value of values) {
      if (value < lo) lo = value;
      if (value > hi) hi = value;
      atEdge ||= value === domain.edge;
    }
  }
  const isAtEdge = atEdge && !domain.holdsEdge && noticesInfinity;
  const crosses = lo < domain.edge && hi > domain.edge && !isSmooth && isContinuous(argument, features);
  const isOutside = domain.isPole ? crosses : lo < domain.edge;
  return isAtEdge || isOutside ? `${between({ lo, hi }, argument, features)} on the training rows` : undefined;
}

/** The range, with the unit if all features have the same and nothing changes it. */
function between({ lo, hi }: Pick<Interval, 'lo' | 'hi'>, argument: Graph, features: FeatureTable): string {
  const units = new Set(usedFeatures(argument, features).map(({ unit }) => unit));
  const [unit = '1'] = units;
  const keeps = argument.nodes.every((node) => node.kind !== 'op' || OPERATIONS[node.op].unitPower === 1);
  const [from, to] = [lo, hi].map((value) =>
    Number.isFinite(value) ? String(Number(value.toPrecision(3))) : value < 0 ? '-∞' : '∞',
  );
  return `between ${from} and ${to}${units.size === 1 && keeps && unit !== '1' && unit !== MIXED ? ` ${unit}` : ''}`;
}
