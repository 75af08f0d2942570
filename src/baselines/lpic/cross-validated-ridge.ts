import { mean, median, type Random } from '../../numeric/index.ts';
import { applyLinear, fitScaler, type LinearModel, ridge, standardise } from '../linear.ts';

const PENALTIES = [0.01, 0.05, 0.1, 0.5, 1];
const FOLDS = 5;
const OUTLIER_DEVIATIONS = 3;
/** Makes the median absolute deviation of normal values their standard deviation. */
const NORMAL_MAD = 1.4826;

/** A linear model in the columns' own units, and the penalty that it was fitted with. */
export interface ChosenRidge extends LinearModel {
  readonly penalty: number;
  /** Rows that the fit used, without outliers. */
  readonly rows: number;
}

/**
 * Ridge regression on standardised columns, its penalty chosen by 5-fold cross-validation of the squared error. Rows whose target
 * lies more than 3 robust deviations from the median are left out.
 */
export function crossValidatedRidge(columns: readonly Float64Array[], y: Float64Array, random: Random): ChosenRidge {
  const kept = withoutOutliers(y);
  const x = columns.map((column) => take(column, kept));
  const target = take(y, kept);
  const penalty = kept.length < 2 * FOLDS ? PENALTIES.at(-1)! : choosePenalty(x, target, random);
  return { ...fitInOwnUnits(x, target, penalty), penalty, rows: kept.length };
}

function withoutOutliers(y: Float64Array): readonly number[] {
  const centre = median(y);
  const deviation = NORMAL_MAD * median(y.map((value) => Math.abs(value - centre)));
  const all = Array.from(y, (_, row) => row);
  // More than half of the targets are equal: no deviation can be told.
  if (!(deviation > 0)) return all;
  return all.filter((row) => Math.abs(y[row]! - centre) <= OUTLIER_DEVIATIONS * deviation);
}

function choosePenalty(columns: readonly Float64Array[], y: Float64Array, random: Random): number {
  const order = random.shuffle(Array.from(y, (_, row) => row));
  const foldOf = new Int32Array(y.length);
  for (const [at, row] of order.entries()) foldOf[row] = at % FOLDS;
  const rows = Array.from(y, (_, row) => row);
  const errors = PENALTIES.map((penalty) =>
    mean(
      Array.from({ length: FOLDS }, (_, fold) => {
        const inside = rows.filter((row) => foldOf[row] !== fold);
        const held = rows.filter((row) => foldOf[row] === fold);
        const model = fitInOwnUnits(
          columns.map((column) => take(column, inside)),
          take(y, inside),
          penalty,
        );
        const p = applyLinear(
          model,
          columns.map((column) => take(column, held)),
          held.length,
        );
        return mean(p.map((value, at) => (value - y[held[at]!]!) ** 2));
      }),
    ),
  );
  return PENALTIES[errors.indexOf(Math.min(...errors))]!;
}

function fitInOwnUnits(columns: readonly Float64Array[], y: Float64Array, penalty: number): LinearModel {
  const scaler = fitScaler(columns);
  const { intercept, coefficients } = ridge(standardise(columns, scaler), y, penalty);
  const own = coefficients.map((coefficient, i) => coefficient / scaler.scales[i]!);
  return { coefficients: own, intercept: intercept - own.reduce((sum, each, i) => sum + each * scaler.means[i]!, 0) };
}

function take(column: Float64Array, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => column[row]!);
}
