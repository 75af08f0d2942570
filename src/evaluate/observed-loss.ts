import { type Block, GivenPasses, type LossForm, type NormalSums, type RowSetColumns } from '../kernel/index.ts';
import type { ClientOverheads } from '../data/index.ts';
import { concatColumns, type RobustLoss, type RowRange } from '../numeric/index.ts';
import { timeBlocks } from './blocks.ts';
import { isSingle, type ObservedPart, requestCount, type RequestWeights } from './observed-part.ts';
import type { Part } from './row-writer.ts';
import { addShortfall } from './shortfall.ts';

/**
 * Weight of the bias of a mean over requests, as a multiple of the form's. Means are what errors over requests are made of. And
 * where a schedule is far off, sums are wrong by factors; a robust loss of relative residuals is then least near 0.
 */
export const REQUEST_BIAS = 30;

/** There is room for the derivatives by so many, and by more once there are more. */
const USUAL_CONSTANTS = 10;

/** What derivatives by linear constants depend on: whose they are, and at which other constants. */
export interface SlopeKey {
  readonly of: object;
  readonly at: readonly number[];
}

/** A part whose requests were observed. */
export type PartWithRequests = Part & { readonly observed: ObservedPart };

export function hasRequests(part: Part): part is PartWithRequests {
  return part.observed !== undefined;
}

/**
 * The loss over the observations of some parts, whose rows are contiguous:
 * Σ_e share_e·Σ_k weight_k·[mean ρ((p − y)/y) + ½·30·biasWeight·mean over blocks of time of (Σ v·(p − y) / Σ v·y)²], kinds k by
 * their weights among those that the experiment has, v what makes a sum one of the means that clients report; and the shortfall
 * penalty over all rows. Of observations that were reported together only the mean is known: they have no part in the mean of ρ, and
 * each report is a block, so that its term goes by mean predicted − mean reported. Where each report is of one sum, as of serving points,
 * these have ρ alone. p is a sum of the predictions of single steps, so with sums over the rows before each row a pass costs
 * little more than these predictions do.
 */
export class ObservedLoss {
  /** Rows of the layout. */
  readonly rows: RowRange;
  /**
   * Requests, as many as there are observations of the most frequent kind: those of a request depend on each other. Reports count for
   * one each.
   */
  readonly requests: number;
  readonly #least: number;
  /** Steps of each row. */
  readonly #steps: Float64Array;
  /** Of each observation its first row and the end of its rows, from the first of all rows. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #headShare: Float64Array;
  /** 1 where the sum begins with the arrival of a request, so that it holds the time before it can be scheduled. */
  readonly #fromArrival: Float64Array;
  readonly #tokens: Float64Array;
  /** The observations as a row set. */
  readonly #data: RowSetColumns;
  /** Sums over the rows before each row. */
  readonly #before: Float64Array;
  #passes: GivenPasses;
  /** What the derivatives are of that the passes hold. */
  #kept: SlopeKey | undefined;

  /**
   * @param steps indexed by row of the layout
   * @param least target of a step, which the shortfall penalty goes by
   */
  constructor(
    parts: readonly PartWithRequests[],
    steps: Float64Array | undefined,
    weights: RequestWeights,
    least: number,
  ) {
    const first = parts[0]?.rows[0] ?? 0;
    const end = parts.at(-1)?.rows[1] ?? first;
    const observed = parts.map((part) => part.observed);
    const rowsOf = (which: 'start' | 'end'): Int32Array =>
      Int32Array.from(
        observed.flatMap((each) => [...each[which]]),
        (row) => row - first,
      );
    this.rows = [first, end];
    this.requests = observed.reduce((sum, part) => sum + requestCount(part), 0);
    this.#least = least;
    this.#steps = steps?.slice(first, end) ?? new Float64Array(end - first).fill(1);
    this.#start = rowsOf('start');
    this.#end = rowsOf('end');
    this.#headShare = concatColumns(observed.map(({ headShare }) => headShare));
    this.#fromArrival = concatColumns(observed.map(fromArrival));
    this.#tokens = concatColumns(observed.map(({ tokens }) => tokens));
    this.#data = observationSet(parts, weights);
    this.#before = new Float64Array(end - first + 1);
    this.#passes = new GivenPasses(this.#data, USUAL_CONSTANTS);
  }

  /** Size of the memory that passes work in. */
  get bytes(): number {
    return this.#passes.bytes;
  }

  /**
   * The loss with its gradient and Gauss–Newton curvature by n constants. A derivative that is not finite counts as 0.
   *
   * @param roots columns of the value and its derivatives, indexed by row of the layout
   * @param key where they are by linear constants: what was summed up for it before is not summed up again
   */
  sums(roots: readonly Float64Array[], n: number, form: LossForm, key?: SlopeKey): NormalSums {
    this.#reserve(n);
    this.#sumUp(roots[0]!, false, this.#passes.columns[0]!);
    if (n > 0 && !isSame(this.#kept, key)) {
      for (let k = 1; k <= n; k++) this.#sumUp(roots[k]!, true, this.#passes.columns[k]!);
      this.#kept = key;
    }
    const sums = this.#passes.sums(n, { ...form, penalty: false });
    if (!form.penalty) return sums;
    return { ...sums, cost: sums.cost + addShortfall(roots, this.rows, this.#least, sums) };
  }

  /**
   * The same with what clients see beyond steps added to each sum. The gradient and curvature are by n constants, then by
   * `requestUs` and by `tokenUs`.
   */
  sumsWithOverheads(
    roots: readonly Float64Array[],
    n: number,
    form: LossForm,
    { requestUs, tokenUs }: Pick<ClientOverheads, 'requestUs' | 'tokenUs'>,
  ): NormalSums {
    this.#reserve(n + 2);
    this.#kept = undefined;
    const { columns } = this.#passes;
    for (let k = 0; k <= n; k++) this.#sumUp(roots[k]!, k > 0, columns[k]!);
    for (let i = 0; i < this.#start.length; i++) {
      columns[0]![i]! += requestUs * this.#fromArrival[i]! + tokenUs * this.#tokens[i]!;
    }
    columns[n + 1]!.set(this.#fromArrival);
    columns[n + 2]!.set(this.#tokens);
    return this.#passes.sums(n + 2, { ...form, penalty: false });
  }

  #reserve(derivatives: number): void {
    if (this.#passes.columns.length > derivatives) return;
    this.#passes = new GivenPasses(this.#data, derivatives);
    this.#kept = undefined;
  }

  /** Σ weight·ω(r)·r² over the observations, with the robust weights ω. */
  weightedSquares(p: Float64Array, robust: RobustLoss): number {
    const predicted = new Float64Array(this.#start.length);
    this.#sumUp(p, false, predicted);
    const { inverseY, rowWeights } = this.#data;
    return predicted.reduce((sum, value, i) => {
      const r = value * inverseY[i]! - 1;
      return sum + rowWeights[i]! * robust.weight(r) * r * r;
    }, 0);
  }

  /** Sums over the steps of each observation; of a derivative, with 0 for what is not finite. */
  #sumUp(values: Float64Array, isDerivative: boolean, out: Float64Array): void {
    const before = this.#before;
    const total = sumsBefore(values, this.rows[0], this.#steps, before);
    if (isDerivative && !Number.isFinite(total)) {
      const finite = values.slice(...this.rows).map((slope) => (Number.isFinite(slope) ? slope : 0));
      sumsBefore(finite, 0, this.#steps, before);
    }
    sumsOver(before, this.#start, this.#end, this.#headShare, out);
  }
}

function isSame(a: SlopeKey | undefined, b: SlopeKey | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.of === b.of && a.at.every((value, i) => Object.is(value, b.at[i]));
}

/** What clients see beyond steps, in each of the observations. */
export function overheadsOf(
  observed: ObservedPart,
  { requestUs, tokenUs }: Pick<ClientOverheads, 'requestUs' | 'tokenUs'>,
): Float64Array {
  const arrival = fromArrival(observed);
  return observed.tokens.map((tokens, i) => requestUs * arrival[i]! + tokenUs * tokens);
}

function fromArrival({ kinds, y }: ObservedPart): Float64Array {
  const column = new Float64Array(y.length);
  for (const { kind, range } of kinds) if (kind !== 'itl') column.fill(1, ...range);
  return column;
}

function countOf({ range }: { readonly range: RowRange }): number {
  return range[1] - range[0];
}

function observationSet(parts: readonly PartWithRequests[], weights: RequestWeights): RowSetColumns {
  const y = concatColumns(parts.map(({ observed }) => observed.y));
  const rowWeights = new Float64Array(y.length);
  const biasWeights = new Float64Array(y.length);
  const blocks: Block[] = [];
  let at = 0;
  for (const { observed, share } of parts) {
    const { kinds, perToken } = observed;
    const total = kinds.reduce((sum, { kind }) => sum + weights[kind], 0);
    for (const each of kinds) {
      const { kind, range, reports } = each;
      const ofKind = total > 0 ? (share * weights[kind]) / total : 0;
      if (isSingle(each)) rowWeights.fill(ofKind / countOf({ range }), at + range[0], at + range[1]);
      // Loads of a report each are no time series: nothing is the mean of several of them.
      if (reports !== undefined && isSingle(each)) continue;
      const ofTime = reports?.map((report) => report.range) ?? timeBlocks(range);
      for (const [from, to] of ofTime) {
        let measured = 0;
        for (let i = from; i < to; i++) measured += perToken[i]! * observed.y[i]!;
        for (let i = from; i < to; i++) biasWeights[at + i] = perToken[i]! / measured;
        blocks.push({ start: at + from, end: at + to, share: (REQUEST_BIAS * ofKind) / ofTime.length });
      }
    }
    at += observed.y.length;
  }
  return {
    start: 0,
    length: y.length,
    inverseY: y.map((value) => 1 / value),
    rowWeights,
    penaltyResiduals: new Float64Array(y.length).fill(-1),
    penaltyWeights: new Float64Array(y.length),
    biasWeights,
    blocks,
  };
}

/** Writes Σ steps·value over the rows before each row; the last one is of all. */
function sumsBefore(values: Float64Array, first: number, steps: Float64Array, before: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < steps.length; row++) {
    sum += steps[row]! * values[first + row]!;
    before[row + 1] = sum;
  }
  return sum;
}

/** Writes the sum over the steps of each observation. */
function sumsOver(
  before: Float64Array,
  start: Int32Array,
  end: Int32Array,
  headShare: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0; i < start.length; i++) {
    const first = start[i]!;
    const next = before[first + 1]!;
    out[i] = before[end[i]!]! - next + headShare[i]! * (next - before[first]!);
  }
}
