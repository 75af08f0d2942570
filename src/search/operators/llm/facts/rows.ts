import { type RegressionTable, withReductionColumns } from '../../../../data/index.ts';
import { groupOf, type Scope } from '../../../../evaluate/index.ts';
import { evaluateColumns } from '../../../../program/index.ts';
import type { Individual } from '../../../individual.ts';

/** Some training rows with what a program makes of them; all columns are of one length. */
export interface PredictedRows {
  readonly predicted: Float64Array;
  /** (observed − predicted) / observed; the difference itself where the target is no step time, as it may be 0. */
  readonly residuals: Float64Array;
  /** Whose constants hold, for each row. */
  readonly groups: readonly string[];
  /** A feature's values, or those of a reduction over requests that the program reads; undefined where there is no such column. */
  readonly column: (name: string) => Float64Array | undefined;
}

/** Rows of one experiment, and of all, that are looked at: enough for means by bin, few enough to be quick. */
const MOST_ROWS = 400;
const MOST_OF_ALL = 20_000;

/** Training rows of every experiment whose steps were measured, evenly spread over its time. Rows of other splits are never read. */
export function predictedRows(
  { program, evaluation }: Individual,
  table: RegressionTable,
  scope: Scope,
): PredictedRows {
  const { features, columns } = withReductionColumns(table, program.graph);
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(MOST_OF_ALL / table.experiments.length)));
  const parts = table.experiments.flatMap((experiment) => {
    const group = groupOf(experiment, scope);
    const fit = evaluation.fits.find((candidate) => candidate.group === group);
    if (experiment.observations !== undefined || fit === undefined) return [];
    const rows = spread(experiment.rows.train, most);
    const inputs = Object.fromEntries(features.map(({ name }, k) => [name, taken(columns[k]!, rows)]));
    const [predicted = new Float64Array(rows.length)] = evaluateColumns(
      program.graph,
      inputs,
      fit.constants,
      rows.length,
    );
    return [{ group, inputs, observed: taken(table.y, rows), predicted }];
  });
  const observed = joined(parts.map((part) => part.observed));
  const predicted = joined(parts.map((part) => part.predicted));
  const isRelative = features.target === undefined;
  return {
    predicted,
    residuals: observed.map((y, at) => (y - predicted[at]!) / (isRelative ? y : 1)),
    groups: parts.flatMap((part) => Array.from(part.observed, () => part.group)),
    column: (name) =>
      features.some((feature) => feature.name === name) ? joined(parts.map((part) => part.inputs[name]!)) : undefined,
  };
}

function spread([start, end]: readonly [number, number], most: number): readonly number[] {
  const stride = Math.max(1, Math.ceil((end - start) / most));
  return Array.from({ length: Math.ceil((end - start) / stride) }, (_, k) => start + k * stride);
}

function taken(column: ArrayLike<number>, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (row) => column[row]!);
}

function joined(columns: readonly Float64Array[]): Float64Array {
  return Float64Array.from(columns.flatMap((column) => [...column]));
}
