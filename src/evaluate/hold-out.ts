import { UserError } from '../base/index.ts';
import type { RegressionTable, SystemPart } from '../data/index.ts';
import type { RowRange } from '../numeric/index.ts';
import type { Model } from '../kernel/index.ts';
import type { GroupLayout, Layout } from './layout.ts';
import { leastTarget, type RowSetData, rowSetData } from './loss.ts';
import { hasRequests, ObservedLoss } from './observed-loss.ts';
import type { RequestWeights } from './observed-part.ts';
import type { GroupRefit } from './refit.ts';
import type { Part, RowSet } from './row-writer.ts';

/** Experiments that are held out together, and what is fitted without them. */
export interface HoldOutFold {
  /** The model, kind of GPU, generation or engine that they are of. */
  readonly heldOut: string;
  readonly experiments: ReadonlySet<number>;
  /** The training rows, probes and floors of the group without them. */
  readonly data: RowSetData;
}

/** Which experiments are of one part of a serving system, in the order of the first of each. */
export function systemFolds(
  { experiments }: Pick<RegressionTable, 'experiments'>,
  by: SystemPart,
): ReadonlyMap<string, readonly number[]> {
  const folds = new Map<string, number[]>();
  for (const [index, { system }] of experiments.entries()) {
    if (system === undefined) continue;
    const members = folds.get(system[by]);
    if (members === undefined) folds.set(system[by], [index]);
    else members.push(index);
  }
  return folds;
}

/** @throws UserError where there are no two of what is to be held out. */
export function refuseOneFold(folds: ReadonlyMap<string, readonly number[]>, by: SystemPart): void {
  if (folds.size > 1) return;
  const [only] = folds.keys();
  throw new UserError({
    code: 'evaluate.nothing-to-hold-out',
    problem: only === undefined ? `no row is of a ${by}` : `all experiments are of one ${by}: ${only}`,
    mend: 'Hold out something else, or nothing',
  });
}

/**
 * The folds of a grouped cross-validation over one group of experiments.
 *
 * @throws UserError where there are no two of what is to be held out.
 */
export function holdOutFolds(
  table: RegressionTable,
  layout: Layout,
  { penalised }: GroupLayout,
  by: SystemPart,
  weights: RequestWeights,
): readonly HoldOutFold[] {
  const folds = systemFolds(table, by);
  refuseOneFold(folds, by);
  return [...folds].map(([heldOut, members]) => {
    const experiments = new Set(members);
    return { heldOut, experiments, data: without(layout, penalised, experiments, weights) };
  });
}

/** The loss over a row set without the measurements of some experiments; those of the others share it anew. */
function without(
  layout: Layout,
  rowSet: RowSet,
  experiments: ReadonlySet<number>,
  weights: RequestWeights,
): RowSetData {
  const kept = rowSet.parts.filter(({ experiment }) => !experiments.has(experiment));
  const total = kept.reduce((sum, { share }) => sum + share, 0);
  const parts = kept.map((part): Part => ({ ...part, share: part.share / total }));
  const data = rowSetData(layout, { ...rowSet, parts });
  const requests = parts.filter(hasRequests);
  if (requests.length === 0) return data;
  return { ...data, observed: new ObservedLoss(requests, layout.steps, weights, leastTarget(layout, rowSet)) };
}

/**
 * Predictions of what was held out, each fold's with constants that were fitted without it, indexed by row of the layout; NaN in
 * rows of no experiment. Fits go on from the constants of all rows, which are near: each experiment has a small part in them.
 */
export function heldOutPredictions(
  model: Model,
  { train, valid }: GroupLayout,
  folds: readonly HoldOutFold[],
  refit: GroupRefit,
  constants: Float64Array,
  rowCount: number,
): Float64Array {
  const p = new Float64Array(rowCount).fill(Number.NaN);
  for (const { experiments, data } of folds) {
    const own = refit.without(data, constants);
    for (const { rows, parts } of [train, valid]) {
      const held = parts.filter(({ experiment }) => experiments.has(experiment));
      if (held.length === 0) continue;
      const span: RowRange = [held[0]!.rows[0], Math.max(rows[0], held.at(-1)!.rows[1])];
      const predicted = model.predict(own, span);
      for (const part of held) p.set(predicted.subarray(...part.rows), part.rows[0]);
    }
  }
  return p;
}
