import type { BinnedColumns } from './bins.ts';

/** A regression tree as parallel arrays; node 0 is the root. */
export interface Tree {
  /** Column that a node splits on, −1 for a leaf. */
  readonly column: Int32Array;
  /** Rows below it go left. */
  readonly cut: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Value of a leaf. */
  readonly value: Float64Array;
}

export interface TreeSettings {
  readonly depth: number;
  /** Least number of rows on each side of a split. */
  readonly minChildRows: number;
  /** L2 penalty on leaf values. */
  readonly lambda: number;
}

/** Gains below this are rounding; XGBoost's value. */
const LEAST_GAIN = 1e-6;

/**
 * Grows one tree on the negative residuals of a squared loss, level by level in effect (a node's split depends on its own rows
 * alone), by exact search over the bins.
 *
 * Source: Chen and Guestrin, KDD 2016, equations 6 and 7 with unit second derivatives.
 *
 * @param gradients prediction minus target, one for each row of `binned`.
 * @param rows rows to grow on; reordered.
 * @param columns columns that splits may use.
 */
export function growTree(
  binned: BinnedColumns,
  gradients: Float64Array,
  rows: Int32Array,
  columns: readonly number[],
  settings: TreeSettings,
): Tree {
  const grower = new Grower(binned, gradients, rows, columns, settings);
  return grower.grow();
}

/** Value of a tree for every row, added to `into` times `factor`. */
export function addTree(tree: Tree, columns: readonly Float64Array[], factor: number, into: Float64Array): void {
  const { column, cut, left, right, value } = tree;
  for (let row = 0; row < into.length; row++) {
    let node = 0;
    for (let split = column[0]!; split >= 0; split = column[node]!) {
      node = columns[split]![row]! < cut[node]! ? left[node]! : right[node]!;
    }
    into[row] = into[row]! + factor * value[node]!;
  }
}

/** Sums over the rows of a node, by bin of every column. */
interface Histogram {
  readonly gradient: Float64Array;
  readonly count: Float64Array;
}

interface Split {
  readonly column: number;
  readonly bin: number;
}

class Grower {
  readonly #binned: BinnedColumns;
  readonly #gradients: Float64Array;
  readonly #rows: Int32Array;
  readonly #columns: readonly number[];
  readonly #settings: TreeSettings;
  readonly #spare: Histogram[] = [];
  readonly #scratch: Int32Array;
  readonly #nodes: { column: number; cut: number; left: number; right: number; value: number }[] = [];

  constructor(
    binned: BinnedColumns,
    gradients: Float64Array,
    rows: Int32Array,
    columns: readonly number[],
    settings: TreeSettings,
  ) {
    this.#binned = binned;
    this.#gradients = gradients;
    this.#rows = rows;
    this.#columns = columns.filter((column) => binned.cuts[column]!.length > 0);
    this.#settings = settings;
    this.#scratch = new Int32Array(rows.length);
  }

  grow(): Tree {
    const end = this.#rows.length;
    const histogram = this.#mayBeSplit(end, 0) ? this.#histogramOf(0, end) : undefined;
    this.#node(0, end, 0, histogram);
    return {
      column: Int32Array.from(this.#nodes, ({ column }) => column),
      cut: Float64Array.from(this.#nodes, ({ cut }) => cut),
      left: Int32Array.from(this.#nodes, ({ left }) => left),
      right: Int32Array.from(this.#nodes, ({ right }) => right),
      value: Float64Array.from(this.#nodes, ({ value }) => value),
    };
  }

  /** Makes the node of some rows and all below it; takes the histogram over. */
  #node(start: number, end: number, depth: number, histogram: Histogram | undefined): number {
    let gradient = 0;
    for (let i = start; i < end; i++) gradient += this.#gradients[this.#rows[i]!]!;
    const index = this.#nodes.length;
    const node = { column: -1, cut: 0, left: -1, right: -1, value: -gradient / (end - start + this.#settings.lambda) };
    this.#nodes.push(node);
    const split = histogram && this.#bestSplit(histogram, gradient, end - start);
    if (histogram === undefined || split === undefined) {
      if (histogram) this.#spare.push(histogram);
      return index;
    }
    const middle = this.#partition(start, end, split);
    const [ofLeft, ofRight] = this.#childHistograms(start, middle, end, depth + 1, histogram);
    node.column = split.column;
    node.cut = this.#binned.cuts[split.column]![split.bin]!;
    node.left = this.#node(start, middle, depth + 1, ofLeft);
    node.right = this.#node(middle, end, depth + 1, ofRight);
    return index;
  }

  #mayBeSplit(count: number, depth: number): boolean {
    return depth < this.#settings.depth && count >= 2 * this.#settings.minChildRows;
  }

  /** The smaller child is summed up; the larger one is what remains of the parent. */
  #childHistograms(
    start: number,
    middle: number,
    end: number,
    depth: number,
    parent: Histogram,
  ): readonly [Histogram | undefined, Histogram | undefined] {
    const leftIsSmaller = middle - start <= end - middle;
    const wantsLeft = this.#mayBeSplit(middle - start, depth);
    const wantsRight = this.#mayBeSplit(end - middle, depth);
    if (!wantsLeft && !wantsRight) {
      this.#spare.push(parent);
      return [undefined, undefined];
    }
    const smaller = leftIsSmaller ? this.#histogramOf(start, middle) : this.#histogramOf(middle, end);
    for (let i = 0; i < parent.gradient.length; i++) {
      parent.gradient[i] = parent.gradient[i]! - smaller.gradient[i]!;
      parent.count[i] = parent.count[i]! - smaller.count[i]!;
    }
    const [left, right] = leftIsSmaller ? [smaller, parent] : [parent, smaller];
    if (!wantsLeft) this.#spare.push(left);
    if (!wantsRight) this.#spare.push(right);
    return [wantsLeft ? left : undefined, wantsRight ? right : undefined];
  }

  #histogramOf(start: number, end: number): Histogram {
    const { bins, offsets } = this.#binned;
    const size = offsets[offsets.length - 1]!;
    const histogram = this.#spare.pop() ?? { gradient: new Float64Array(size), count: new Float64Array(size) };
    const { gradient, count } = histogram;
    gradient.fill(0);
    count.fill(0);
    for (const column of this.#columns) {
      const own = bins[column]!;
      const offset = offsets[column]!;
      for (let i = start; i < end; i++) {
        const row = this.#rows[i]!;
        const at = offset + own[row]!;
        gradient[at] = gradient[at]! + this.#gradients[row]!;
        count[at] = count[at]! + 1;
      }
    }
    return histogram;
  }

  #bestSplit(histogram: Histogram, gradient: number, count: number): Split | undefined {
    const { lambda, minChildRows } = this.#settings;
    const { cuts, offsets } = this.#binned;
    const whole = (gradient * gradient) / (count + lambda);
    let best: Split | undefined;
    let bestGain = LEAST_GAIN;
    for (const column of this.#columns) {
      const offset = offsets[column]!;
      let leftGradient = 0;
      let leftCount = 0;
      for (let bin = 0; bin < cuts[column]!.length; bin++) {
        const inBin = histogram.count[offset + bin]!;
        if (inBin === 0) continue;
        leftGradient += histogram.gradient[offset + bin]!;
        leftCount += inBin;
        const rightCount = count - leftCount;
        if (rightCount < minChildRows) break;
        if (leftCount < minChildRows) continue;
        const rightGradient = gradient - leftGradient;
        const gain =
          (leftGradient * leftGradient) / (leftCount + lambda) +
          (rightGradient * rightGradient) / (rightCount + lambda) -
          whole;
        if (gain > bestGain) {
          bestGain = gain;
          best = { column, bin };
        }
      }
    }
    return best;
  }

  /** Rows left of the split first, each side in its order. */
  #partition(start: number, end: number, { column, bin }: Split): number {
    const bins = this.#binned.bins[column]!;
    let left = start;
    let right = 0;
    for (let i = start; i < end; i++) {
      const row = this.#rows[i]!;
      if (bins[row]! <= bin) this.#rows[left++] = row;
      else this.#scratch[right++] = row;
    }
    this.#rows.set(this.#scratch.subarray(0, right), left);
    return left;
  }
}
