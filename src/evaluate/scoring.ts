import type { RegressionTable, SplitName } from '../data/index.ts';
import { storedBlocks } from './block-errors.ts';
import { COMPARED_BLOCKS, timeBlocks } from './blocks.ts';
import { isPositive } from './invariants.ts';
import type { Layout } from './layout.ts';
import {
  blockErrors,
  experimentMetrics,
  objectiveError,
  objectiveMetrics,
  type WeightedMetrics,
} from './objectives.ts';
import { observedBlockErrors, observedMetrics } from './observed-metrics.ts';
import { type RequestWeights, type ObservedPart, predictObserved, requestCount } from './observed-part.ts';
import type { Part } from './row-writer.ts';
import { scaledMae, scaledMetrics, scaledRmse } from './scaled-errors.ts';
import type { BlockErrors, ExperimentMetrics, ObjectiveName } from './types.ts';

/** Errors over rows of a table of its own; objectives of steps go by the mean there. */
const SCALED_ERROR: { readonly [O in ObjectiveName]: typeof scaledMae } = {
  mse: scaledRmse,
  mape: scaledMae,
  e2e: scaledMae,
  replay: scaledMae,
};

/** Scores predictions, indexed by row of the layout, against the table's targets. */
export class Scoring {
  readonly #table: RegressionTable;
  readonly #layout: Layout;
  readonly #weights: RequestWeights;

  constructor(table: RegressionTable, layout: Layout, weights: RequestWeights) {
    this.#table = table;
    this.#layout = layout;
    this.#weights = weights;
  }

  weightOf(experiment: number): number {
    return this.#table.experiments[experiment]?.weight ?? 1;
  }

  /** Every metric of each experiment. */
  metrics(predictions: Float64Array, split: SplitName): readonly WeightedMetrics[] {
    const { y, weights } = this.#layout;
    const p = this.#asTargets(predictions);
    return this.#parts(split).map((part) => ({
      metrics: this.#isOfColumn
        ? scaledMetrics(this.#idOf(part), this.#layout, p, part.rows)
        : part.observed === undefined
          ? experimentMetrics(this.#idOf(part), p, y, weights, part.rows)
          : this.#observedMetrics(part, part.observed, p),
      weight: this.weightOf(part.experiment),
    }));
  }

  /** Errors on validation rows in blocks of time, for each experiment that has some. */
  validationBlocks(predictions: Float64Array, objective: ObjectiveName): readonly BlockErrors[] {
    const { y, weights } = this.#layout;
    const p = this.#asTargets(predictions);
    return this.#parts('valid').map((part) => {
      const { observed, rows, experiment } = part;
      const errors = this.#isOfColumn
        ? timeBlocks(rows, COMPARED_BLOCKS).map((block) => SCALED_ERROR[objective](this.#layout, p, block))
        : observed === undefined
          ? blockErrors(objective, p, y, weights.e2e, rows)
          : observedBlockErrors(
              objective,
              observed,
              predictObserved(observed, p, this.#layout.steps, rows),
              this.#weights,
            );
      const count = observed === undefined ? rows[1] - rows[0] : requestCount(observed);
      return storedBlocks(this.weightOf(experiment), count, errors);
    });
  }

  /** The error on training rows alone. */
  trainingError(predictions: Float64Array, objective: ObjectiveName): number {
    const { y, weights } = this.#layout;
    const p = this.#asTargets(predictions);
    return objectiveError(
      objective,
      this.#parts('train').map((part) => ({
        metrics: this.#isOfColumn
          ? {
              mape: scaledMae(this.#layout, p, part.rows),
              rmse: scaledRmse(this.#layout, p, part.rows),
              e2eBlockError: 0,
            }
          : part.observed === undefined
            ? objectiveMetrics(p, y, weights.e2e, part.rows)
            : this.#observedMetrics(part, part.observed, p),
        weight: this.weightOf(part.experiment),
      })),
    );
  }

  get #isOfColumn(): boolean {
    return this.#layout.features.target !== undefined;
  }

  /** Predictions that are none at all count as an error of 100 % on their rows. */
  #asTargets(predictions: Float64Array): Float64Array {
    if (!this.#isOfColumn) return asTimes(predictions);
    const { y, scale } = this.#layout;
    return predictions.map((value, row) =>
      Number.isFinite(value) ? value : y[row]! + (scale?.[row] ?? Math.abs(y[row]!)),
    );
  }

  #observedMetrics(part: Part, observed: ObservedPart, p: Float64Array): ExperimentMetrics {
    const sums = predictObserved(observed, p, this.#layout.steps, part.rows);
    return observedMetrics(this.#idOf(part), observed, sums, this.#weights);
  }

  #idOf({ experiment }: Part): string {
    return this.#table.experiments[experiment]?.id ?? '';
  }

  #parts(split: SplitName): readonly Part[] {
    return this.#layout.groups.flatMap((group) => group[split].parts).sort((a, b) => a.experiment - b.experiment);
  }
}

/** A prediction that is no time at all counts as 0 µs: an error of 100 % on its row. */
function asTimes(predictions: Float64Array): Float64Array {
  return predictions.map((value) => (isPositive(value) ? value : 0));
}
