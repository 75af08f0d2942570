import { concatColumns, type RowRange } from '../numeric/index.ts';
import { computeFeatures, featureTable, type StepColumns } from '../physics/index.ts';
import { featuresOf } from './available-features.ts';
import { modelKey, servingContext } from './context.ts';
import type { Dataset, Experiment, SplitName, TargetName } from './dataset.ts';
import { noRows } from './no-rows.ts';
import { contextSource, contextsOf } from './request-state.ts';
import { SPLITS, splitRanges } from './split.ts';
import type { RegressionTable, TableExperiment } from './table.ts';
import { targetRows } from './target.ts';

/** Which rows of a dataset a table holds. */
export interface TableOptions {
  readonly target: TargetName;
  /** Splits whose rows the table holds; the rows of others are not in it at all. */
  readonly splits: readonly SplitName[];
}

interface Part {
  readonly experiment: Experiment;
  readonly steps: StepColumns;
  /** Rows of the step records in the table, ascending, and their targets. */
  readonly rows: Int32Array;
  readonly y: Float64Array;
  readonly counts: { readonly [S in SplitName]: number };
  /** One column for each feature, over `rows`. */
  readonly columns: readonly Float64Array[];
  /** The same over the training rows, whether or not they are in the table. */
  readonly training: readonly Float64Array[];
}

/**
 * The rows to fit and score: every feature that can be had beside the target, experiments without step records left out.
 * A row belongs to the split of its step; feature ranges come from training rows whatever the splits asked for.
 *
 * @throws UserError where the dataset has no row with the target.
 */
export function buildTable(dataset: Dataset, options: TableOptions): RegressionTable {
  const contexts = contextSource(dataset);
  const names = featuresOf(dataset).map(({ name }) => name);
  const parts = dataset.experiments
    .filter((experiment) => experiment.steps !== undefined)
    .map((experiment) => partOf(dataset, experiment, experiment.steps!, names, options));
  if (parts.every(({ training }) => training[0]!.length === 0)) throw noRows(dataset, options.target);
  const training = names.map((name, at) => [name, concatColumns(parts.map((part) => part.training[at]!))] as const);
  return Object.freeze({
    features: featureTable(Object.fromEntries(training), contexts),
    columns: names.map((_, at) => concatColumns(parts.map((part) => part.columns[at]!))),
    y: concatColumns(parts.map((part) => part.y)),
    weights: {
      e2e: weights(parts, (steps, row) => steps.prefillRequests[row]! + steps.decodeRequests[row]!),
      ttft: weights(parts, (steps, row) => steps.prefillRequests[row]!),
      itl: weights(parts, (steps, row) => steps.decodeRequests[row]!),
    },
    experiments: tableExperiments(dataset, parts),
  });
}

function partOf(
  dataset: Dataset,
  experiment: Experiment,
  steps: StepColumns,
  names: readonly string[],
  { target, splits }: TableOptions,
): Part {
  const { index, y } = targetRows(experiment, target);
  const ranges = splitRanges(steps.stepId.length);
  const inSplit = (row: number, split: SplitName): boolean => row >= ranges[split][0] && row < ranges[split][1];
  const wanted = SPLITS.filter((split) => splits.includes(split));
  const isWanted = (row: number): boolean => wanted.some((split) => inSplit(row, split));
  const rows = index.filter(isWanted);
  const trainingRows = index.filter((row) => inSplit(row, 'train'));
  const context = servingContext(dataset, experiment);
  const features = computeFeatures(steps, context, names, contextsOf(dataset, experiment));
  const gather = (at: Int32Array): Float64Array[] =>
    names.map((name) => Float64Array.from(at, (row) => features[name]![row]!));
  const count = (split: SplitName): number =>
    wanted.includes(split) ? index.filter((row) => inSplit(row, split)).length : 0;
  return {
    experiment,
    steps,
    rows,
    y: y.filter((_, at) => isWanted(index[at]!)),
    counts: { train: count('train'), valid: count('valid'), test: count('test') },
    columns: gather(rows),
    training: gather(trainingRows),
  };
}

function tableExperiments(dataset: Dataset, parts: readonly Part[]): readonly TableExperiment[] {
  let start = 0;
  return parts.map(({ experiment, counts }) => {
    const range = (split: SplitName): RowRange => {
      const from = start;
      start += counts[split];
      return [from, start];
    };
    const { id, model, workload, tp } = experiment;
    const isMoe = servingContext(dataset, experiment).architecture.experts > 1;
    return {
      id,
      model,
      workload,
      tp,
      modelKey: modelKey(experiment),
      weight: isMoe ? 2 : 1,
      rows: { train: range('train'), valid: range('valid'), test: range('test') },
    };
  });
}

function weights(parts: readonly Part[], of: (steps: StepColumns, row: number) => number): Float64Array {
  return concatColumns(parts.map(({ steps, rows }) => Float64Array.from(rows, (row) => of(steps, row))));
}
