import type { LossForm, NormalSums } from '../kernel/index.ts';
import type { RobustLoss, RowRange } from '../numeric/index.ts';
import { timeBlocks } from './blocks.ts';
import type { KindWeights, ObservedPart } from './observed-part.ts';
import type { Part } from './row-writer.ts';
import type { Shortfall } from './shortfall.ts';

/** Rows whose derivatives are summed up while they are in the first-level cache. */
const CHUNK = 512;

/** Observations of one kind in a block of time, whose mean is compared with the measured one. */
interface ObservedBlock {
  readonly range: RowRange;
  /** Share of the block in the loss, before the bias weight. */
  readonly share: number;
}

/** A part whose requests were observed. */
export type PartWithRequests = Part & { readonly observed: ObservedPart };

/**
 * The loss over the observations of some parts, whose rows are contiguous:
 * Σ_e share_e·Σ_k weight_k·[mean ρ((p − y)/y) + ½·biasWeight·mean over blocks of time of (Σ v·(p − y) / Σ v·y)²], kinds k by
 * their weights among those that the experiment has, v what makes a sum one of the means that clients report; and the shortfall
 * penalty over all rows. p is a sum of the predictions of single steps: from sums over the rows before it, a pass costs little
 * more than these predictions do.
 */
export class ObservedLoss {
  /** Rows of the layout. */
  readonly rows: RowRange;
  /** Requests, as many as there are observations of the most frequent kind: those of a request depend on each other. */
  readonly requests: number;
  readonly #shortfall: Shortfall;
  /** Steps of each row. */
  readonly #steps: Float64Array;
  /** Of each observation its first row and the end of its rows, from the first of all rows. */
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #headShare: Float64Array;
  readonly #inverseY: Float64Array;
  readonly #weights: Float64Array;
  /** v / Σ v·y of the observation's block. */
  readonly #biasWeights: Float64Array;
  readonly #blocks: readonly ObservedBlock[];
  /** Sums of the value and its derivatives over the rows before each row, row after row. */
  #before = new Float64Array();

  /** @param steps indexed by row of the layout */
  constructor(
    parts: readonly PartWithRequests[],
    steps: Float64Array | undefined,
    weights: KindWeights,
    shortfall: Shortfall,
  ) {
    const first = parts[0]?.rows[0] ?? 0;
    this.rows = [first, parts.at(-1)?.rows[1] ?? first];
    this.#shortfall = shortfall;
    this.#steps = steps?.slice(...this.rows) ?? new Float64Array(this.rows[1] - first).fill(1);
    const count = parts.reduce((sum, { observed }) => sum + observed.y.length, 0);
    this.#start = new Int32Array(count);
    this.#end = new Int32Array(count);
    this.#headShare = new Float64Array(count);
    this.#inverseY = new Float64Array(count);
    this.#weights = new Float64Array(count);
    this.#biasWeights = new Float64Array(count);
    const blocks: ObservedBlock[] = [];
    let at = 0;
    let requests = 0;
    for (const { observed, share } of parts) {
      this.#start.set(
        observed.start.map((row) => row - first),
        at,
      );
      this.#end.set(
        observed.end.map((row) => row - first),
        at,
      );
      this.#headShare.set(observed.headShare, at);
      this.#inverseY.set(
        observed.y.map((y) => 1 / y),
        at,
      );
      blocks.push(...this.#weigh(observed, share, weights, at));
      requests += Math.max(0, ...observed.kinds.map(({ range }) => range[1] - range[0]));
      at += observed.y.length;
    }
    this.#blocks = blocks;
    this.requests = requests;
  }

  #weigh({ kinds, y, perToken }: ObservedPart, share: number, weights: KindWeights, at: number): ObservedBlock[] {
    const total = kinds.reduce((sum, { kind }) => sum + weights[kind], 0);
    return kinds.flatMap(({ kind, range: [from, to] }) => {
      const ofKind = total > 0 ? (share * weights[kind]) / total : 0;
      this.#weights.fill(ofKind / (to - from), at + from, at + to);
      const ofTime = timeBlocks([from, to]);
      return ofTime.map(([first, end]): ObservedBlock => {
        let measured = 0;
        for (let i = first; i < end; i++) measured += perToken[i]! * y[i]!;
        for (let i = first; i < end; i++) this.#biasWeights[at + i] = perToken[i]! / measured;
        return { range: [at + first, at + end], share: ofKind / ofTime.length };
      });
    });
  }

  /**
   * The loss with its gradient and Gauss–Newton curvature by n constants. A derivative that is not finite counts as 0; where the
   * loss is no number it is infinite.
   *
   * @param roots columns of the value and its derivatives, indexed by row of the layout
   */
  sums(roots: readonly Float64Array[], n: number, form: LossForm): NormalSums {
    const before = this.#sumUp(roots, n);
    const jtj = new Float64Array(n * n);
    const jtr = new Float64Array(n);
    const { robust, biasWeight, penalty } = form;
    const slopes = new Float64Array(n);
    const blockSlopes = new Float64Array(n);
    const width = n + 1;
    let cost = penalty ? this.#shortfall.add(roots, this.rows, jtj, jtr) : 0;
    for (const {
      range: [from, to],
      share,
    } of this.#blocks) {
      let bias = -1;
      blockSlopes.fill(0);
      for (let i = from; i < to; i++) {
        const a = this.#start[i]! * width;
        const e = this.#end[i]! * width;
        const head = this.#headShare[i]!;
        const inverse = this.#inverseY[i]!;
        const biasOf = this.#biasWeights[i]!;
        const p = sumAt(before, a, e, width, head, 0);
        const r = p * inverse - 1;
        const weight = this.#weights[i]!;
        cost += weight * robust.loss(r);
        bias += biasOf * p;
        if (n === 0) continue;
        for (let j = 0; j < n; j++) {
          const slope = sumAt(before, a, e, width, head, j + 1);
          slopes[j] = slope;
          blockSlopes[j]! += biasOf * slope;
        }
        const w = weight * robust.weight(r);
        addSquare(jtj, jtr, slopes, w * inverse * inverse, w * r * inverse);
      }
      if (biasWeight === 0) continue;
      const w = biasWeight * share;
      cost += 0.5 * w * bias ** 2;
      addSquare(jtj, jtr, blockSlopes, w, w * bias);
    }
    for (let j = 0; j < n; j++) for (let k = 0; k < j; k++) jtj[k * n + j] = jtj[j * n + k]!;
    return { cost: Number.isFinite(cost) ? cost : Number.POSITIVE_INFINITY, jtj, jtr };
  }

  /** Σ weight·ω(r)·r² over the observations, with the robust weights ω. */
  weightedSquares(p: Float64Array, robust: RobustLoss): number {
    const before = this.#sumUp([p], 0);
    let sum = 0;
    for (const [i, weight] of this.#weights.entries()) {
      const r = sumAt(before, this.#start[i]!, this.#end[i]!, 1, this.#headShare[i]!, 0) * this.#inverseY[i]! - 1;
      sum += weight * robust.weight(r) * r * r;
    }
    return sum;
  }

  /** Sums over the rows before each row, of the value and of n derivatives beside each other. */
  #sumUp(roots: readonly Float64Array[], n: number): Float64Array {
    const [first, end] = this.rows;
    const width = n + 1;
    if (this.#before.length < width * (end - first + 1)) this.#before = new Float64Array(width * (end - first + 1));
    const before = this.#before;
    const steps = this.#steps;
    before.fill(0, 0, width);
    for (let from = 0; from < end - first; from += CHUNK) {
      const to = Math.min(from + CHUNK, end - first);
      for (let k = 0; k < width; k++) {
        const root = roots[k]!;
        let sum = before[from * width + k]!;
        let at = (from + 1) * width + k;
        for (let row = from; row < to; row++) {
          sum += steps[row]! * root[first + row]!;
          before[at] = sum;
          at += width;
        }
        if (k > 0 && !Number.isFinite(sum)) this.#sumFinite(root, from, to, width, k);
      }
    }
    return before;
  }

  /** Where some derivatives are not finite. */
  #sumFinite(root: Float64Array, from: number, to: number, width: number, k: number): void {
    const before = this.#before;
    for (let row = from; row < to; row++) {
      const slope = root[this.rows[0] + row]!;
      before[(row + 1) * width + k] =
        before[row * width + k]! + (Number.isFinite(slope) ? this.#steps[row]! * slope : 0);
    }
  }
}

/** The sum over the steps of an observation, whose first row lies at a and whose end at e. */
function sumAt(before: Float64Array, a: number, e: number, width: number, head: number, k: number): number {
  const next = before[a + width + k]!;
  return before[e + k]! - next + head * (next - before[a + k]!);
}

/** Adds w·g·gᵀ to the lower triangle of `jtj` and v·g to `jtr`. */
export function addSquare(jtj: Float64Array, jtr: Float64Array, g: Float64Array, w: number, v: number): void {
  const n = g.length;
  for (let j = 0; j < n; j++) {
    const gj = g[j]!;
    jtr[j]! += v * gj;
    const wj = w * gj;
    for (let k = 0; k <= j; k++) jtj[j * n + k]! += wj * g[k]!;
  }
}
