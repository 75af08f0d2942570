import type { RegressionTable, SplitName } from '../data/index.ts';
import { isPositive } from './invariants.ts';
import type { Layout } from './layout.ts';
import { experimentMetrics, objectiveError, objectiveMetrics, type WeightedMetrics } from './objectives.ts';
import type { ObjectiveName } from './types.ts';

/** Scores predictions, indexed by row of the layout, against the table's targets. */
export class Scoring {
  readonly #table: RegressionTable;
  readonly #layout: Layout;

  constructor(table: RegressionTable, layout: Layout) {
    this.#table = table;
    this.#layout = layout;
  }

  weightOf(experiment: number): number {
    return this.#table.experiments[experiment]?.weight ?? 1;
  }

  /** Every metric of each experiment. */
  metrics(predictions: Float64Array, split: SplitName): readonly WeightedMetrics[] {
    const { y, weights } = this.#layout;
    const p = asTimes(predictions);
    return this.#parts(split).map(({ experiment, rows }) => ({
      metrics: experimentMetrics(this.#table.experiments[experiment]?.id ?? '', p, y, weights, rows),
      weight: this.weightOf(experiment),
    }));
  }

  /** The error on training rows alone. */
  trainingError(predictions: Float64Array, objective: ObjectiveName): number {
    const { y, weights } = this.#layout;
    const p = asTimes(predictions);
    return objectiveError(
      objective,
      this.#parts('train').map(({ experiment, rows }) => ({
        metrics: objectiveMetrics(p, y, weights.e2e, rows),
        weight: this.weightOf(experiment),
      })),
    );
  }

  #parts(split: SplitName): Layout['groups'][number]['train']['parts'] {
    return this.#layout.groups.flatMap((group) => group[split].parts).sort((a, b) => a.experiment - b.experiment);
  }
}

/** A prediction that is no time at all counts as 0 µs: an error of 100 % on its row. */
function asTimes(predictions: Float64Array): Float64Array {
  return predictions.map((value) => (isPositive(value) ? value : 0));
}
