import type { ExperimentMetrics } from '../../evaluate/index.ts';
import type { LoopErrors } from '../closed-loop/score.ts';
import type { Grouped } from '../groups.ts';
import { type FittedPredictor, predictBlind } from '../predictor.ts';
import type { LabelledRows } from '../rows.ts';
import { metricsOf } from '../score.ts';
import type { GeneralisationInput } from './generalisation-input.ts';
import { heldOutLoops } from './held-out-loops.ts';
import { rowsOfPart } from './folds.ts';
import type { Part } from './parts.ts';

/** Errors on what was held out. */
export interface HeldOutErrors {
  /** On test rows; experiments that are not predicted are left out. */
  readonly experiments: readonly ExperimentMetrics[];
  /** On test requests, in closed loop; nothing where the data has no clients. */
  readonly closedLoop: readonly LoopErrors[];
}

/** Scores the test rows and serves the test requests of a part with predictors that saw nothing of it. */
export function judgePart(
  { dataset, test, served = [] }: Pick<GeneralisationInput, 'dataset' | 'test' | 'served'>,
  part: Part,
  predictorFor: (where: Grouped) => FittedPredictor,
): HeldOutErrors {
  const isHeld = ({ id }: { readonly id: string }): boolean => part.ids.includes(id);
  return {
    experiments: rowsOfPart(test, part).flatMap((rows) => scoreRows(rows, predictorFor(rows))),
    // Requests meet light and heavy batches alike.
    closedLoop:
      part.limits === undefined
        ? heldOutLoops(
            dataset,
            served.filter(isHeld),
            served.filter((experiment) => !isHeld(experiment)),
            predictorFor,
          )
        : [],
  };
}

/** The errors on some rows; nothing where they are not predicted. */
export function scoreRows(rows: LabelledRows, fitted: FittedPredictor): readonly ExperimentMetrics[] {
  const p = predictBlind(fitted, rows);
  return p === undefined ? [] : [metricsOf({ rows, p })];
}
