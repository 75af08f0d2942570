import type { Block, RowSetColumns, LossForm } from '../kernel/index.ts';
import { pseudoHuber, QUADRATIC, type RowRange, smoothAbsolute, sum } from '../numeric/index.ts';
import { timeBlocks } from './blocks.ts';
import { boundTerms } from './floor-loss.ts';
import type { GroupLayout, Layout } from './layout.ts';
import type { RequestWeights } from './observed-part.ts';
import { hasRequests, ObservedLoss } from './observed-loss.ts';
import type { RowSet } from './row-writer.ts';
import { DEFAULT_REQUEST_WEIGHTS } from './settings.ts';
import { PENALTY } from './shortfall.ts';
import type { ObjectiveName } from './types.ts';

/**
 * Losses of an objective from coarse to final. The first is easy to descend, the last is meant. `e2e`: pseudo-Huber of scale
 * 10 % with a penalty on the bias in blocks of time, which is what its error measures. `mape`: the mean absolute value,
 * rounded off at 1.5 %, approached through larger scales, without a penalty on bias: on a bimodal target its optimum has one,
 * and that is right. `replay`: as `e2e`; over requests, bias weighs more by itself. All three punish shortfalls. `mse`: squares.
 */
export const LOSS_SCHEDULE: { readonly [O in ObjectiveName]: readonly LossForm[] } = {
  e2e: [{ robust: pseudoHuber(0.1), biasWeight: 0.3, penalty: true }],
  replay: [{ robust: pseudoHuber(0.1), biasWeight: 0.3, penalty: true }],
  mape: [0.2, 0.05, 0.015].map((delta) => ({ robust: smoothAbsolute(delta), biasWeight: 0, penalty: true })),
  mse: [{ robust: QUADRATIC, biasWeight: 0, penalty: false }],
};

/** All rows weigh the same: where there are no residuals yet to tell outliers by. */
export const UNWEIGHTED: LossForm = { robust: QUADRATIC, biasWeight: 0, penalty: false };

/**
 * A row set prepared for losses: arrays are indexed by offset into the row set. The loss of predictions p is
 * Σ_e share_e·[mean ρ((p − y)/y) + ½·biasWeight·mean over blocks of (Σ w·(p − y) / Σ w·y)²], plus the shortfall
 * penalty over all rows. Rows that were not measured have row weight 0 and the row set's least target: only that penalty sees
 * them.
 */
export interface RowSetData extends RowSetColumns {
  readonly y: Float64Array;
  /** share / rows of the experiment; sums to 1. */
  readonly rowWeights: Float64Array;
  /** w / Σ w·y of the row's block; 0 in a block without weight. */
  readonly biasWeights: Float64Array;
  /** The loss over observations of the row set's experiments; the rows below them are not among those above. */
  readonly observed?: ObservedLoss;
}

/** What the fit of one group works on. */
export interface GroupData {
  /** Single rows, for observations too: the steps that a schedule says. */
  readonly sample: RowSetData;
  readonly middle: RowSetData | undefined;
  readonly penalised: RowSetData;
  readonly train: RowSetData;
  readonly trainRows: RowRange;
}

export function groupData(
  layout: Layout,
  group: GroupLayout,
  weights: RequestWeights = DEFAULT_REQUEST_WEIGHTS,
): GroupData {
  const requests = group.train.parts.filter(hasRequests);
  const observed =
    requests.length > 0 && new ObservedLoss(requests, layout.steps, weights, leastTarget(layout, group.train));
  const prepared = (rowSet: RowSet): RowSetData => {
    const data = rowSetData(layout, rowSet);
    return observed === false ? data : { ...data, observed };
  };
  const penalised = prepared(group.penalised);
  const middle = group.middle === undefined ? undefined : rowSetData(layout, group.middle);
  return {
    sample: rowSetData(layout, group.sample),
    // Steps of a schedule are no measurement: before a fit is judged it goes over what was measured.
    middle: observed === false ? middle : penalised,
    penalised,
    train: prepared(group.train),
    trainRows: group.train.rows,
  };
}

/** Rows below observations are left out: of them there are targets only by their sums. */
export function rowSetData(
  layout: Pick<Layout, 'y' | 'weights'> & Partial<Pick<Layout, 'features' | 'scale' | 'rowWeights'>>,
  rowSet: RowSet,
): RowSetData {
  if (layout.features?.target !== undefined) return columnData(layout, rowSet);
  const measured = rowSet.parts.filter((part) => !hasRequests(part));
  const start = rowSet.parts.findLast(hasRequests)?.rows[1] ?? rowSet.rows[0];
  const end = rowSet.rows[1];
  const least = leastTarget(layout, rowSet);
  const y = layout.y.slice(start, end).map((value) => (Number.isNaN(value) ? least : value));
  const rowWeights = new Float64Array(end - start);
  const biasWeights = new Float64Array(end - start);
  const blocks: Block[] = [];
  for (const { rows, share } of measured) {
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
  const penaltyResiduals = y.map((value) => (PENALTY.share * least) / value - 1);
  const penaltyWeights = y.map((value) => PENALTY.weight * (value / least) ** 2);
  if (rowSet.floor !== undefined) {
    blocks.push(...boundTerms(rowSet.floor, start, { y, penaltyResiduals, penaltyWeights, biasWeights }));
  }
  return {
    start,
    length: end - start,
    y,
    inverseY: y.map((value) => 1 / value),
    rowWeights,
    penaltyResiduals,
    penaltyWeights,
    biasWeights,
    blocks,
  };
}

/** A target of 0 is taken for so much of the scale, as residuals are relative to the target. */
const NEXT_TO_ZERO = 1e-12;

/**
 * The same where the target is a column of any sign: no shortfalls, no sums over blocks of time. Where errors are relative to a scale s
 * rather than to the target, rows weigh (y/s)², which makes squares of (p − y)/s of those of (p − y)/y.
 */
function columnData(
  { y: targets, scale, rowWeights: given }: Pick<Layout, 'y' | 'scale' | 'rowWeights'>,
  rowSet: RowSet,
): RowSetData {
  const [start, end] = rowSet.rows;
  const y = new Float64Array(end - start).fill(1);
  const rowWeights = new Float64Array(end - start);
  for (const { rows, share } of rowSet.parts) {
    const total = given === undefined ? rows[1] - rows[0] : sum(given.subarray(...rows));
    for (let row = rows[0]; row < rows[1]; row++) {
      const size = scale?.[row] ?? 1;
      const target = targets[row]!;
      const relative = Math.abs(target) < NEXT_TO_ZERO * size ? NEXT_TO_ZERO * size : target;
      y[row - start] = relative;
      const factor = scale === undefined ? 1 : (relative / size) * (relative / size);
      rowWeights[row - start] = total > 0 ? (share * (given?.[row] ?? 1) * factor) / total : 0;
    }
  }
  const none = new Float64Array(end - start);
  return {
    start,
    length: end - start,
    y,
    inverseY: y.map((value) => 1 / value),
    rowWeights,
    penaltyResiduals: none,
    penaltyWeights: none,
    biasWeights: none,
    blocks: [],
  };
}

/** The least target of a row set, whatever else its rows are held against. */
export function leastTarget({ y }: Pick<Layout, 'y'>, { rows }: RowSet): number {
  return y.subarray(...rows).reduce((a, b) => (b < a ? b : a), Number.POSITIVE_INFINITY);
}
