import type { Model } from '../kernel/index.ts';
import {
  countDeviations,
  countMonotonicityViolations,
  countNonFinite,
  countNonPositive,
  isDeterministic,
  isPure,
} from './invariants.ts';
import type { GroupLayout, Layout } from './layout.ts';
import { reject } from './precheck.ts';
import type { InvariantFigures, Rejected } from './types.ts';

/** The constants that were fitted for a group. */
export interface FittedGroup {
  readonly group: GroupLayout;
  readonly constants: Float64Array;
}

/** Share of rows on which a kernel may deviate from the reference: where a comparison is a tie, a last place decides. */
const MOST_TIES = 0.02;

/**
 * Rejects predictions, indexed by row of the layout, that are no times, or no numbers where a column is predicted. Validation rows take no part: a search that they could
 * stop would see them.
 */
export function checkPredictions(layout: Layout, p: Float64Array): Rejected | undefined {
  const isTime = layout.features.target === undefined;
  for (const { name, train, probes } of layout.groups) {
    for (const [where, rows] of [
      ['training', train.rows],
      ['probe', probes],
    ] as const) {
      const count = isTime ? countNonPositive(p, rows) : countNonFinite(p, rows);
      if (count === 0) continue;
      const finite = p.subarray(...rows).every((value) => Number.isFinite(value));
      const which = `${count} of ${rows[1] - rows[0]} ${where} rows of ${name}`;
      return finite
        ? reject('not-positive', `${which} are predicted at 0 µs or less`)
        : reject('not-finite', `${which} have no finite${isTime ? ' positive' : ''} prediction`);
    }
  }
  return undefined;
}

/** Checks a program's kernel against the language's own semantics on the probe rows, so that no wrong kernel goes unseen. */
export function checkKernel(
  model: Model,
  layout: Layout,
  fitted: readonly FittedGroup[],
  p: Float64Array,
): Rejected | undefined {
  for (const { group, constants } of fitted) {
    const count = countDeviations(model, constants, layout, group.probes, p);
    const total = group.probes[1] - group.probes[0];
    if (count <= MOST_TIES * total) continue;
    const detail = `${count} of ${total} probe rows of ${group.name} are predicted otherwise than the program says`;
    return reject('kernel', detail);
  }
  return undefined;
}

/** Figures of the invariants over the predictions of training, validation and probe rows. */
export function invariantFigures(
  model: Model,
  layout: Layout,
  fitted: readonly FittedGroup[],
  p: Float64Array,
): InvariantFigures {
  let nonPositive = 0;
  let rowCount = 0;
  for (const { train, valid, probes } of layout.groups) {
    for (const rows of [train.rows, valid.rows, probes]) {
      nonPositive += layout.features.target === undefined ? countNonPositive(p, rows) : countNonFinite(p, rows);
      rowCount += rows[1] - rows[0];
    }
  }
  let violations = 0;
  let pairs = 0;
  let deterministic = true;
  for (const { group, constants } of fitted) {
    const counted = countMonotonicityViolations(model, constants, group);
    violations += counted.violations;
    pairs += counted.pairs;
    deterministic &&= isDeterministic(model, constants, group.train.rows);
  }
  return {
    nonPositive: nonPositive / rowCount,
    deterministic,
    pure: isPure(model.sandbox, layout),
    monotonicityViolations: pairs === 0 ? 0 : violations / pairs,
  };
}
