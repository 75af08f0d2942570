import type { Block, FoldColumns, LossShape } from '../kernel/index.ts';
import { pseudoHuber, QUADRATIC, type RowRange, smoothAbsolute } from '../numeric/index.ts';
import { timeBlocks } from './blocks.ts';
import type { GroupLayout, Layout } from './layout.ts';
import type { Fold } from './row-writer.ts';
import type { ObjectiveName } from './types.ts';

/**
 * Losses of an objective from coarse to final. The first is easy to descend, the last is meant. `e2e`: pseudo-Huber of scale
 * 10 % with a penalty on the bias in blocks of time, which is what its fitness measures. `mape`: the mean absolute value,
 * rounded off at 1.5 %, approached through larger scales, without a penalty: on a bimodal target its optimum has a bias, and
 * that is right.
 */
export const LOSS_SCHEDULE: { readonly [O in ObjectiveName]: readonly LossShape[] } = {
  e2e: [{ robust: pseudoHuber(0.1), biasWeight: 0.3, guard: true }],
  mape: [0.2, 0.05, 0.015].map((delta) => ({ robust: smoothAbsolute(delta), biasWeight: 0, guard: true })),
};

/** All rows weigh the same: where there are no residuals yet to tell outliers by. */
export const UNWEIGHTED: LossShape = { robust: QUADRATIC, biasWeight: 0, guard: false };

/**
 * Keeps fits from predictions that the gate on positivity would reject: a row predicted below this share of the fold's least
 * target pays ½·weight·(shortfall / least target)², in full however many rows there are. A robust loss alone gives up a few
 * rare rows.
 */
const GUARD = { share: 0.1, weight: 20 } as const;

/**
 * The rows of a fold prepared for losses: arrays are indexed by offset into the fold. The loss of predictions p is
 * Σ_e share_e·[mean ρ((p − y)/y) + ½·biasWeight·mean over blocks of (Σ w·(p − y) / Σ w·y)²], plus the guard over all rows.
 * Rows that were not measured have row weight 0 and the fold's least target: only the guard sees them.
 */
export interface FoldData extends FoldColumns {
  readonly y: Float64Array;
  /** share / rows of the experiment; sums to 1. */
  readonly rowWeights: Float64Array;
  /** w / Σ w·y of the row's block; 0 in a block without weight. */
  readonly biasWeights: Float64Array;
}

/** What the fit of one group works on. */
export interface GroupData {
  readonly sample: FoldData;
  readonly middle: FoldData | undefined;
  readonly guarded: FoldData;
  readonly train: FoldData;
  readonly trainRows: RowRange;
}

export function groupData(layout: Layout, group: GroupLayout): GroupData {
  return {
    sample: foldData(layout, group.sample),
    middle: group.middle === undefined ? undefined : foldData(layout, group.middle),
    guarded: foldData(layout, group.guarded),
    train: foldData(layout, group.train),
    trainRows: group.train.rows,
  };
}

export function foldData(layout: Layout, fold: Fold): FoldData {
  const [start, end] = fold.rows;
  const least = layout.y.subarray(start, end).reduce((a, b) => (b < a ? b : a), Number.POSITIVE_INFINITY);
  const y = layout.y.slice(start, end).map((value) => (Number.isNaN(value) ? least : value));
  const rowWeights = new Float64Array(end - start);
  const biasWeights = new Float64Array(end - start);
  const blocks: Block[] = [];
  for (const { rows, share } of fold.parts) {
    rowWeights.fill(share / (rows[1] - rows[0]), rows[0] - start, rows[1] - start);
    const ofPart = timeBlocks(rows);
    for (const [from, to] of ofPart) {
      let observed = 0;
      for (let row = from; row < to; row++) observed += (layout.weights.e2e[row] as number) * (layout.y[row] as number);
      if (!(observed > 0)) continue;
      for (let row = from; row < to; row++) biasWeights[row - start] = (layout.weights.e2e[row] as number) / observed;
      blocks.push({ start: from - start, end: to - start, share: share / ofPart.length });
    }
  }
  return {
    start,
    length: end - start,
    y,
    inverseY: y.map((value) => 1 / value),
    rowWeights,
    guardResiduals: y.map((value) => (GUARD.share * least) / value - 1),
    guardWeights: y.map((value) => GUARD.weight * (value / least) ** 2),
    biasWeights,
    blocks,
  };
}
