import { UserError } from '../base/index.ts';
import { concatColumns, type RowRange } from '../numeric/index.ts';
import { computeFeatures, featureTable, requestTable, type StepColumns } from '../physics/index.ts';
import { featuresOf } from './available-features.ts';
import { type FloorEvidence, tableFloors, tokensBelowFloor } from './floors.ts';
import { modelKey, servingContext } from './context.ts';
import type { Dataset, Experiment, SplitName, StepTarget, TargetName } from './dataset.ts';
import { isPlainDataset, type PlainDataset, regressionTable } from './tables/regression-table.ts';
import { noRows } from './no-rows.ts';
import { contextSource, contextsOf, requestsOfParts } from './request-state.ts';
import { ofTable, shifted, type SplitObservations } from './replay/observations.ts';
import { observationsOf } from './replay/observations-of.ts';
import type { Replay } from './replay/replay.ts';
import { belowPeak } from './signal/peak.ts';
import { SPLITS, splitRanges } from './split.ts';
import { systemKeys } from './system-keys.ts';
import type { Observations, RegressionTable, ReportColumns, TableExperiment } from './table.ts';
import { targetRows } from './target.ts';

/** Which rows of a dataset a table holds. */
export interface TableOptions {
  readonly target: TargetName;
  /** Splits whose rows the table holds; the rows of others are not in it at all. */
  readonly splits: readonly SplitName[];
  /** The features that are wanted; default: all that can be had. */
  readonly features?: readonly string[];
}

interface Part {
  readonly experiment: Experiment;
  readonly steps: StepColumns;
  /** Rows of the step records in the table, ascending, and their targets. */
  readonly rows: Int32Array;
  readonly y: Float64Array;
  readonly counts: { readonly [S in SplitName]: number };
  /** Where the rows are those of a replay: equal steps that each stands for, and what was measured of its requests. */
  readonly replayed?: { readonly steps: Float64Array; readonly observed: SplitObservations };
  /** One column for each feature, over `rows`. */
  readonly columns: readonly Float64Array[];
  /** The same over the training rows, whether or not they are in the table. */
  readonly training: readonly Float64Array[];
  readonly trainingRows: Int32Array;
  readonly evidence: FloorEvidence;
}

/**
 * The rows to fit and score: every feature that can be had beside the target, experiments without step records or a
 * replay left out. Those that have both have two entries, see {@link TableExperiment}.
 * A row belongs to the split of its step; feature ranges come from training rows whatever the splits asked for.
 *
 * @throws UserError where the dataset has no row with the target.
 */
export function buildTable(dataset: Dataset, options: TableOptions): RegressionTable {
  const key = JSON.stringify([options.target, options.splits, options.features]);
  const known = tables.get(dataset)?.get(key);
  if (known !== undefined) return known;
  const table = isPlainDataset(dataset)
    ? plainRows(dataset, options)
    : makeTable(dataset, { ...options, target: stepTarget(dataset, options.target) });
  tables.set(dataset, new Map(tables.get(dataset)).set(key, table));
  return table;
}

function plainRows({ table, source }: PlainDataset, { target, splits, features }: TableOptions): RegressionTable {
  if (target === 'column') return regressionTable(table, splits, features);
  throw new UserError({
    code: 'data.no-steps-in-table',
    place: { file: source },
    problem: `it is a table whose target is \`${table.target.header}\`; it has no steps, so no target \`${target}\``,
    mend: 'Leave the target out',
  });
}

/** @throws UserError where a column is to be predicted of what has none */
export function stepTarget({ source }: Dataset, target: TargetName): StepTarget {
  if (target !== 'column') return target;
  throw new UserError({
    code: 'data.no-table',
    place: { file: source },
    problem: 'it has steps of engines, not a table with a target column',
    mend: 'Use the target `cycle` or `duration`',
  });
}

/** Datasets never change, and a run asks twice for its table: before it is made, and to work on it. */
const tables = new WeakMap<Dataset, ReadonlyMap<string, RegressionTable>>();

/** Of step times. */
type StepTableOptions = TableOptions & { readonly target: StepTarget };

function makeTable(dataset: Dataset, options: StepTableOptions): RegressionTable {
  const contexts = contextSource(dataset);
  const available = featuresOf(dataset).map(({ name }) => name);
  const names = available.filter((name) => options.features?.includes(name) ?? true);
  const parts = dataset.experiments.flatMap((experiment): readonly Part[] => {
    const { steps, replay } = experiment;
    return [
      ...(steps === undefined ? [] : [partOf(dataset, experiment, steps, names, options)]),
      ...(replay === undefined || options.target !== 'cycle'
        ? []
        : [replayPart(dataset, experiment, replay, names, options)]),
    ];
  });
  if (parts.every(({ trainingRows }) => trainingRows.length === 0)) throw noRows(dataset, options.target);
  const requests = requestsOfParts(dataset, parts);
  const trained = requestsOfParts(
    dataset,
    parts.map(({ trainingRows, ...part }) => ({ ...part, rows: trainingRows })),
  );
  const training = names.map((name, at) => [name, concatColumns(parts.map((part) => part.training[at]!))] as const);
  return Object.freeze({
    features: featureTable(Object.fromEntries(training), contexts, trained && requestTable(trained)),
    columns: names.map((_, at) => concatColumns(parts.map((part) => part.columns[at]!))),
    y: concatColumns(parts.map((part) => part.y)),
    weights: {
      e2e: weights(parts, (steps, row) => steps.prefillRequests[row]! + steps.decodeRequests[row]!),
      ttft: weights(parts, (steps, row) => steps.prefillRequests[row]!),
      itl: weights(parts, (steps, row) => steps.decodeRequests[row]!),
    },
    experiments: tableExperiments(dataset, parts),
    floors: tableFloors(
      dataset,
      names,
      parts.map(({ evidence }) => evidence),
    ),
    ...(requests && { requests }),
    ...(parts.some(({ replayed }) => replayed) && {
      steps: concatColumns(parts.map(({ replayed, rows }) => replayed?.steps ?? new Float64Array(rows.length).fill(1))),
      observations: tableObservations(parts),
    }),
  });
}

function partOf(
  dataset: Dataset,
  experiment: Experiment,
  steps: StepColumns,
  names: readonly string[],
  { target, splits }: StepTableOptions,
): Part {
  const { index, y } = targetRows(experiment, target);
  const ranges = splitRanges(steps.stepId.length);
  const inSplit = (row: number, split: SplitName): boolean => row >= ranges[split][0] && row < ranges[split][1];
  const wanted = SPLITS.filter((split) => splits.includes(split));
  const isWanted = (row: number): boolean => wanted.some((split) => inSplit(row, split));
  const rows = index.filter(isWanted);
  const isTraining = (row: number): boolean => inSplit(row, 'train');
  const trainingRows = index.filter(isTraining);
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
    trainingRows,
    evidence: {
      experiment,
      times: trainingRows.length,
      below: belowPeak(steps, { index: trainingRows, cycleUs: y.filter((_, at) => isTraining(index[at]!)) }, context)
        .cycles.length,
    },
  };
}

/** Rows that a replay found, with the step time of its reference as a first estimate of their own. */
function replayPart(
  dataset: Dataset,
  experiment: Experiment,
  replay: Replay,
  names: readonly string[],
  { splits }: TableOptions,
): Part {
  const observed = observationsOf(experiment, replay, splits);
  const context = servingContext(dataset, experiment);
  const features = computeFeatures(replay.steps, context, names);
  const columns = ([start, end]: RowRange): Float64Array[] => names.map((name) => features[name]!.slice(start, end));
  const { rows } = observed;
  const indices = ([start, end]: RowRange): Int32Array =>
    Int32Array.from({ length: end - start }, (_, at) => start + at);
  return {
    experiment,
    steps: replay.steps,
    rows: indices(rows),
    y: replay.steps.durationUs.slice(...rows),
    counts: observed.counts,
    replayed: { steps: replay.counts.slice(...rows), observed },
    columns: columns(rows),
    training: columns(observed.training),
    trainingRows: indices(observed.training),
    evidence: { experiment, ...tokensBelowFloor(observed, context) },
  };
}

/** The observations of all experiments one after another, their rows counted from the first of the table. */
function tableObservations(parts: readonly Part[]): Observations {
  let first = 0;
  const all = parts.flatMap(({ rows, replayed }) => {
    const start = first;
    first += rows.length;
    return replayed === undefined ? [] : [shifted(replayed.observed.observations, start)];
  });
  return {
    kind: Uint8Array.from(all.flatMap(({ kind }) => [...kind])),
    start: Int32Array.from(all.flatMap(({ start }) => [...start])),
    head: concatColumns(all.map(({ head }) => head)),
    end: Int32Array.from(all.flatMap(({ end }) => [...end])),
    y: concatColumns(all.map(({ y }) => y)),
    tokens: concatColumns(all.map(({ tokens }) => tokens)),
    ...(all.some(({ reports }) => reports) && { reports: tableReports(all) }),
  };
}

function tableReports(all: readonly Observations[]): ReportColumns {
  return {
    of: Int32Array.from(all.flatMap(({ reports, y }) => [...(reports?.of ?? new Int32Array(y.length).fill(-1))])),
    p90: concatColumns(all.map(({ reports, y }) => reports?.p90 ?? new Float64Array(y.length).fill(Number.NaN))),
  };
}

function tableExperiments(dataset: Dataset, parts: readonly Part[]): readonly TableExperiment[] {
  let start = 0;
  let observed = 0;
  const pointCounts = dataset.experiments.flatMap(({ points }) => points?.clients.length ?? []);
  const systems = systemKeys(dataset);
  const meanPoints = pointCounts.reduce((sum, count) => sum + count, 0) / Math.max(1, pointCounts.length);
  return parts.map(({ experiment, counts, replayed }) => {
    const observations = replayed && ofTable(replayed.observed.ranges, observed);
    observed += replayed?.observed.observations.y.length ?? 0;
    const range = (split: SplitName): RowRange => {
      const from = start;
      start += counts[split];
      return [from, start];
    };
    const { id, model, workload, tp, points } = experiment;
    const entries = parts.filter((part) => part.experiment === experiment).length;
    const isMoe = servingContext(dataset, experiment).architecture.experts > 1;
    return {
      id,
      model,
      workload,
      tp,
      modelKey: modelKey(experiment),
      system: systems.get(experiment)!,
      weight: points === undefined ? (isMoe ? 2 : 1) / entries : points.clients.length / meanPoints,
      rows: { train: range('train'), valid: range('valid'), test: range('test') },
      ...(observations && { observations }),
    };
  });
}

function weights(parts: readonly Part[], of: (steps: StepColumns, row: number) => number): Float64Array {
  return concatColumns(parts.map(({ steps, rows }) => Float64Array.from(rows, (row) => of(steps, row))));
}
