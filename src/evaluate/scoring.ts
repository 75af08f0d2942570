import type { RegressionTable, SplitName } from '../data/index.ts';
import { storedBlocks } from './block-errors.ts';
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
import type { BlockErrors, ExperimentMetrics, ObjectiveName } from './types.ts';

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
    const p = asTimes(predictions);
    return this.#parts(split).map((part) => ({
      metrics:
        part.observed === undefined
          ? experimentMetrics(this.#idOf(part), p, y, weights, part.rows)
          : this.#observedMetrics(part, part.observed, p),
      weight: this.weightOf(part.experiment),
    }));
  }

  /** Errors on validation rows in blocks of time, for each experiment that has some. */
  validationBlocks(predictions: Float64Array, objective: ObjectiveName): readonly BlockErrors[] {
    const { y, weights } = this.#layout;
    const p = asTimes(predictions);
    return this.#parts('valid').map((part) => {
      const { observed, rows, experiment } = part;
      const errors =
        observed === undefined
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
    const p = asTimes(predictions);
    return objectiveError(
      objective,
      this.#parts('train').map((part) => ({
        metrics:
          part.observed === undefined
            ? objectiveMetrics(p, y, weights.e2e, part.rows)
            : this.#observedMetrics(part, part.observed, p),
        weight: this.weightOf(part.experiment),
      })),
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
