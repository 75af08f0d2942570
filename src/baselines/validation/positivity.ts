import { minimize, type Random } from '../../numeric/index.ts';
import type { MeasuredName, ServingContext } from '../../physics/index.ts';
import { bounds, type Graph, interpret, type Interval } from '../../program/index.ts';
import { reductionsOfSums } from './batch-reductions.ts';
import { type BatchSums, parameterValues, type SumRanges } from './batch-sums.ts';
import { batchAt, shareCount } from './possible-batch.ts';

type Box = SumRanges;
type Constants = Readonly<Record<string, number>>;

/** INV-M-1 for one group of constants on one model. */
export interface Positivity {
  /** The group of constants. */
  readonly group: string;
  /** Key of the model: architecture and parallelism. */
  readonly model: string;
  /** `proved`: positive and finite for every batch in the ranges; `refuted`: a batch is not; `open`: neither was found. */
  readonly verdict: 'proved' | 'refuted' | 'open';
  /**
   * What the intervals prove the time to be at least, µs, before the ranges are cut into smaller boxes; null where nothing is
   * proved.
   */
  readonly provedAtLeastUs: number | null;
  /** The smallest time that the search found, and the batch; not searched for where the proof stands. */
  readonly smallestFound: {
    /** µs; null where the batch has no finite time. */
    readonly us: number | null;
    readonly batch: BatchSums;
  } | null;
}

/** Boxes that a proof may look at. */
const MAX_BOXES = 4000;
const SEARCH_EVALUATIONS = 3000;

/**
 * Proves that a program is positive for every batch in the ranges by interval arithmetic, and searches for a counter-example
 * where that fails.
 */
export function checkPositivity(
  graph: Graph,
  constants: Constants,
  context: ServingContext,
  ranges: Box,
  random: Random,
): Pick<Positivity, 'verdict' | 'provedAtLeastUs' | 'smallestFound'> {
  const boxes = nonEmptyBatches(ranges);
  const least = Math.min(...boxes.map((box) => lowerBound(graph, constants, context, box)));
  const provedAtLeastUs = least > 0 && Number.isFinite(least) ? least : null;
  if (provedAtLeastUs !== null || boxes.every((box) => proves(graph, constants, context, box))) {
    return { verdict: 'proved', provedAtLeastUs, smallestFound: null };
  }
  const { us, batch } = searchSmallest(graph, constants, context, ranges, random);
  return {
    verdict: us > 0 ? 'open' : 'refuted',
    provedAtLeastUs,
    smallestFound: { us: Number.isFinite(us) ? us : null, batch },
  };
}

/** A batch has at least one request, in either phase. */
function nonEmptyBatches(ranges: Box): readonly Box[] {
  const atLeastOne = ({ hi }: Interval): Interval => ({ lo: 1, hi, mayBeNaN: false });
  return (['prefill', 'decode'] as const).flatMap((phase) => {
    const requests = ranges[`${phase}Requests`];
    const tokens = ranges[`${phase}Tokens`];
    if (requests.hi < 1 || tokens.hi < 1) return [];
    return [{ ...ranges, [`${phase}Requests`]: atLeastOne(requests), [`${phase}Tokens`]: atLeastOne(tokens) }];
  });
}

/** The least value that intervals allow; −∞ where it may be no finite number. */
function lowerBound(graph: Graph, constants: Constants, context: ServingContext, box: Box): number {
  const point = (value: number): Interval => ({ lo: value, hi: value, mayBeNaN: false });
  const points = (values: Readonly<Record<string, number>>): Record<string, Interval> =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, point(value)]));
  const intervals = bounds(graph, {
    features: { ...points(parameterValues(context)), ...box },
    constants: points(constants),
  });
  const value = intervals[graph.roots[0]!]!;
  const isNumber = value.lo <= value.hi && !value.mayBeNaN && value.hi < Number.POSITIVE_INFINITY;
  return isNumber ? value.lo : Number.NEGATIVE_INFINITY;
}

/** Cuts the box in two along its relatively widest side until every piece is proved or there are too many. */
function proves(graph: Graph, constants: Constants, context: ServingContext, whole: Box): boolean {
  const open = [whole];
  const names = Object.keys(whole) as readonly MeasuredName[];
  const read = names.filter((name) => graph.nodes.some((node) => node.kind === 'feature' && node.name === name));
  for (let looked = 0; open.length > 0; looked++) {
    if (looked >= MAX_BOXES || read.length === 0) return false;
    const box = open.pop()!;
    if (lowerBound(graph, constants, context, box) > 0) continue;
    const width = (name: MeasuredName): number => (box[name]!.hi - box[name]!.lo) / Math.max(whole[name]!.hi, 1);
    const widest = read.reduce((best, name) => (width(name) > width(best) ? name : best));
    const { lo, hi } = box[widest]!;
    // Sums are whole numbers, but a simulator may round them differently; a box this small that is not proved will not be.
    if (hi - lo < 0.5) return false;
    const middle = (lo + hi) / 2;
    open.push({ ...box, [widest]: { lo, hi: middle, mayBeNaN: false } });
    open.push({ ...box, [widest]: { lo: middle, hi, mayBeNaN: false } });
  }
  return true;
}

function searchSmallest(
  graph: Graph,
  constants: Constants,
  context: ServingContext,
  ranges: Box,
  random: Random,
): { readonly us: number; readonly batch: BatchSums } {
  const parameters = parameterValues(context);
  const valueOf = (batch: BatchSums): number => {
    const features = { ...parameters, ...batch, ...reductionsOfSums(graph, batch) };
    const value = interpret(graph, { features, constants })[0]!;
    return Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY;
  };
  let best = { us: Number.POSITIVE_INFINITY, batch: batchAt([0, 0, 0, 1], ranges, context.blockSize) };
  const look = (x: ArrayLike<number>): number => {
    const batch = batchAt(x, ranges, context.blockSize);
    const us = valueOf(batch);
    if (us < best.us) best = { us, batch };
    return us;
  };
  const bits = Array.from({ length: shareCount(ranges) }, (_, bit) => bit);
  for (let corner = 0; corner < 2 ** bits.length; corner++) look(bits.map((bit) => (corner >> bit) & 1));
  minimize(look, {
    mean: bits.map(() => 0.5),
    sigma: 0.3,
    lower: Float64Array.from(bits, () => 0),
    upper: Float64Array.from(bits, () => 1),
    restarts: 'ipop',
    maxEvaluations: SEARCH_EVALUATIONS,
    random,
  });
  return best;
}
