import { concatColumns, mean, quantile, quantileOfSorted } from '../../numeric/index.ts';
import { computeFeatures } from '../../physics/index.ts';
import type { FeatureTable } from '../../program/index.ts';
import type { ExplainedRows } from './explained-rows.ts';
import { BATCH_REGIMES, type BatchRegime } from './regimes.ts';

/** Relative residuals over some rows: predicted minus measured, in percent of measured. */
export interface ResidualFigures {
  /** How many there are. */
  readonly rows: number;
  /** Their mean: above 0 where the program predicts too much. */
  readonly bias: number;
  /** The mean of their sizes, MAPE. */
  readonly mape: number;
  /** The 10th percentile; a tenth of the rows lies below. */
  readonly p10: number;
  /** The 90th percentile. */
  readonly p90: number;
}

/** Residuals in one regime. */
export interface RegimeResiduals extends ResidualFigures {
  /** Kind of batches. */
  readonly regime: BatchRegime;
}

/** Residuals where a component of the step takes little time, and where it takes much. */
export interface ComponentResiduals {
  /** A feature: the time of the component at the hardware's peak. */
  readonly component: string;
  /** What it is. */
  readonly meaning: string;
  /** The third of each experiment's rows with the smallest values. */
  readonly low: ResidualFigures;
  /** The third with the largest ones. */
  readonly high: ResidualFigures;
}

/** Relative residuals of rows, percent. A prediction that is no time counts as 0 µs, as in every error. */
export function relativeResiduals({ p, rows: { y } }: Pick<ExplainedRows, 'p' | 'rows'>): Float64Array {
  return p.map((value, row) => 100 * ((value > 0 && value < Infinity ? value : 0) / y[row]! - 1));
}

/** Undefined of no rows. */
export function residualFigures(residuals: Float64Array): ResidualFigures | undefined {
  if (residuals.length === 0) return undefined;
  const sorted = residuals.toSorted();
  return {
    rows: residuals.length,
    bias: mean(residuals),
    mape: mean(residuals.map(Math.abs)),
    p10: quantileOfSorted(sorted, 0.1),
    p90: quantileOfSorted(sorted, 0.9),
  };
}

/** Of the regimes that have rows. */
export function residualsByRegime(parts: readonly ExplainedRows[]): readonly RegimeResiduals[] {
  const residuals = parts.map(relativeResiduals);
  return BATCH_REGIMES.flatMap((regime) => {
    const figures = residualFigures(
      concatColumns(parts.map(({ isIn }, at) => residuals[at]!.filter((_, row) => isIn[regime](row)))),
    );
    return figures === undefined ? [] : [{ regime, ...figures }];
  });
}

/** Of the components whose values differ within an experiment. */
export function residualsByComponent(
  parts: readonly ExplainedRows[],
  features: FeatureTable,
  components: readonly string[],
): readonly ComponentResiduals[] {
  const residuals = parts.map(relativeResiduals);
  const columns = parts.map(({ rows: { steps, context, contexts } }) =>
    computeFeatures(steps, context, components, contexts),
  );
  return components.flatMap((component) => {
    const thirds = columns.map(({ [component]: column }) => ({
      column: column!,
      low: quantile(column!, 1 / 3),
      high: quantile(column!, 2 / 3),
    }));
    const of = (isWanted: (third: (typeof thirds)[number], row: number) => boolean): ResidualFigures | undefined =>
      residualFigures(
        concatColumns(thirds.map((third, at) => residuals[at]!.filter((_, row) => isWanted(third, row)))),
      );
    const low = of((third, row) => third.column[row]! <= third.low);
    const high = of((third, row) => third.column[row]! >= third.high && third.column[row]! > third.low);
    const { meaning = '' } = features.find(({ name }) => name === component) ?? {};
    return low === undefined || high === undefined ? [] : [{ component, meaning, low, high }];
  });
}
