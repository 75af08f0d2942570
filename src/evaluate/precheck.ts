import {
  bounds,
  checkCaps,
  type FeatureTable,
  type Graph,
  GraphBuilder,
  type Interval,
  OPERATIONS,
  type Program,
  reductionOf,
  withReductions,
} from '../program/index.ts';
import { type TargetRange, whyFlat } from './target-range.ts';
import { findOutOfDomain, type TrainingColumns } from './domain.ts';
import type { EvaluateSettings } from './settings.ts';
import type { Rejected, RejectReason } from './types.ts';

/** A value that stays so many times below or above all targets is of no use, whatever the data say. */
const FAR = 1000;

/**
 * What can be told of a program without running it, cheapest check first; undefined where there is nothing against it.
 *
 * @param targets of the rows to fit. Left out where a fitted program is scored: then only what no row can mend counts.
 * @param table with the features' columns; its training rows prove what ranges cannot.
 * @param mayBeConstant whether a program that reads nothing of the batch may do; where nothing varies it always may.
 */
export function precheck(
  program: Program,
  given: FeatureTable,
  settings: Pick<EvaluateSettings, 'caps'>,
  targets?: TargetRange,
  table?: TrainingColumns,
  mayBeConstant = false,
): Rejected | undefined {
  const malformed = findMalformed(program);
  if (malformed !== undefined) return reject('malformed', malformed);
  const [overCap] = checkCaps(program, settings.caps);
  if (overCap !== undefined) return reject('caps', overCap.message);
  const features = withReductions(given, program.graph);
  const known = new Map(features.map((feature) => [feature.name, feature]));
  const used = program.graph.nodes.flatMap((node) => (node.kind === 'feature' ? [node.name] : []));
  const unknown = used.find((name) => !known.has(name));
  if (unknown !== undefined) return reject('unknown-feature', whyUnknown(unknown));
  const isWanted =
    mayBeConstant ||
    given.target !== undefined ||
    targets === undefined ||
    (table && whyFlat(targets, table.columns) !== undefined);
  if (used.length === 0 && isWanted !== true) {
    return reject('no-feature', 'the program uses no feature, so it predicts the same for every batch');
  }
  return checkBounds(program, features, targets, table);
}

function whyUnknown(name: string): string {
  if (reductionOf(name) === undefined) return `the data has no feature ${name}`;
  return `the data does not have the state of each request, which batch.${name} needs`;
}

export function reject(reason: RejectReason, detail: string): Rejected {
  return { status: 'rejected', reason, detail };
}

/**
 * Rejects what intervals prove, whatever the constants are: a value that is never a number, never positive, or never near the
 * targets, and one that is not finite on some batches because of an operation without a value there. What a choice may keep from
 * mattering, or what a fit may yet move, is left to the rows.
 */
function checkBounds(
  { graph, constants }: Program,
  features: FeatureTable,
  targets: TargetRange | undefined,
  table: TrainingColumns | undefined,
): Rejected | undefined {
  const anyNumber: Interval = { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY, mayBeNaN: false };
  const intervals = bounds(graph, {
    features: Object.fromEntries(
      features.map(({ name, range: [lo, hi] }): [string, Interval] => [name, { lo, hi, mayBeNaN: false }]),
    ),
    constants: Object.fromEntries(constants.map(({ name }) => [name, anyNumber])),
  });
  const value = intervals[graph.roots[0] as number] as Interval;
  if (!(value.lo <= value.hi)) {
    const culprit = graph.nodes[intervals.findIndex(({ lo, hi }) => !(lo <= hi))];
    const name = culprit?.kind === 'op' ? `: ${culprit.op} never has a result` : '';
    return reject('bounds', `the value is not a number for any batch${name}`);
  }
  if (features.target === undefined) {
    const outOfRange = checkTimes(value, targets);
    if (outOfRange !== undefined) return outOfRange;
  }
  if (targets === undefined) return undefined;
  // What ranges prove is told first: it holds for any data.
  const outOfDomain =
    findOutOfDomain(graph, features) ?? (table === undefined ? undefined : findOutOfDomain(graph, features, table));
  return outOfDomain === undefined ? undefined : reject('bounds', outOfDomain);
}

/** Rejects what is never a time, or never near the measured ones. */
function checkTimes(value: Interval, targets: TargetRange | undefined): Rejected | undefined {
  if (!(value.hi > 0)) return reject('bounds', `the value is never above ${value.hi} for any batch`);
  if (targets === undefined) return undefined;
  const range = `the targets are ${targets.least} to ${targets.greatest} µs`;
  if (value.hi * FAR < targets.least) return reject('bounds', `the value is never above ${value.hi}, and ${range}`);
  if (value.lo > FAR * targets.greatest) return reject('bounds', `the value is never below ${value.lo}, and ${range}`);
  return undefined;
}

/**
 * A program that came from the parser is well-formed; one that came over a wire might not be, and its graph is about to be
 * printed as code.
 */
function findMalformed({ graph, constants }: Program): string | undefined {
  if (graph.roots.length !== 1) return `a program has one root, not ${graph.roots.length}`;
  const declared = new Set(constants.map((constant) => constant.name));
  if (declared.size !== constants.length) return 'a constant is declared twice';
  const oddStart = constants.find(({ start }) => typeof start !== 'number' || !Number.isFinite(start));
  if (oddStart !== undefined) return `the start value of ${oddStart.name} is not a finite number`;
  const rebuilt: number[] = [];
  try {
    const builder = new GraphBuilder();
    for (const node of graph.nodes) rebuilt.push(rebuild(builder, node, rebuilt, declared));
    if (rebuilt[graph.roots[0] as number] === undefined) return 'the root is not a node of the graph';
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
  return undefined;
}

function rebuild(
  builder: GraphBuilder,
  node: Graph['nodes'][number],
  rebuilt: readonly number[],
  declared: ReadonlySet<string>,
): number {
  if (node.kind === 'number' && typeof node.value === 'number') return builder.number(node.value);
  if (node.kind === 'feature' && typeof node.name === 'string') return builder.feature(node.name);
  if (node.kind === 'constant' && declared.has(node.name)) return builder.constant(node.name);
  if (node.kind === 'op' && Object.hasOwn(OPERATIONS, node.op)) {
    return builder.op(node.op, ...node.args.map((arg) => rebuilt[arg] ?? -1));
  }
  throw new RangeError(`node ${rebuilt.length} is not a number, a feature, a declared constant or a known operation`);
}
