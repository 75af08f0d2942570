import { mean } from '../numeric/index.ts';
import { type FeatureKind, STEP_COLUMNS } from '../physics/index.ts';
import { featuresOf, unavailableFeatures } from './available-features.ts';
import { whyUnsteady } from './clients/unsteady.ts';
import { servingContext } from './context.ts';
import type { Dataset, Experiment, MeasuredLatency, SplitName } from './dataset.ts';
import { type Outcome, OUTCOMES, type RequestColumns } from './requests.ts';
import type { ServerSettings } from './server-settings.ts';
import { SPLITS, splitCounts, splitRanges } from './split.ts';
import { LEFT_OUT_RULE_NAMES, LEFT_OUT_RULES, type LeftOutPoints } from './points/left-out.ts';
import { clientsOf, type Reconciliation, reconcile } from './signal/reconcile.ts';
import { type Signal, signalOf } from './signal/signal.ts';
import { stepBoundaries } from './signal/step-boundaries.ts';
import { plainTableEntry } from './tables/plain-dataset.ts';
import { isPlainDataset, type PlainDataset } from './tables/regression-table.ts';
import type { PlainTableEntry } from './tables/table-document.ts';
import { type Reason, type TargetRows, targetRows } from './target.ts';

/** Rows of each split. */
type SplitCounts = { readonly [S in SplitName]: number };

/** One experiment of a dataset. */
export interface ExperimentDescription {
  /** Id of the experiment. */
  readonly id: string;
  /** As in its name. */
  readonly model: string;
  /** As in its name. */
  readonly workload: string;
  /** Tensor parallelism, GPUs. */
  readonly tp: number;
  /** 0 for a summary-only experiment. */
  readonly rows: number;
  /** Records of each split. */
  readonly split: SplitCounts;
  /** First and last step id of the test rows; null where there are none. */
  readonly testIds: readonly [first: number, last: number] | null;
  /** Records of each split whose next step was recorded too. */
  readonly cyclePairs: SplitCounts;
  /** Rows that a target leaves out because it is not a positive number; absent where there are none. */
  readonly dropped?: { readonly cycle: number; readonly duration: number };
  readonly measured?: MeasuredLatency;
  /** What was logged of each request; absent where nothing was. */
  readonly requests?: RequestsDescription;
  /** Serving points; absent where there are none. */
  readonly points?: PointsDescription;
  /** What a load generator reported of the requests that it sent; absent where they were logged, or its load is not known. */
  readonly reported?: ReportDescription;
  /** What the server was started with, as far as the source says it. */
  readonly settings?: ServerSettings;
  /** What the step records are worth as step times; absent without step records. */
  readonly signal?: Signal;
  /** Figures that steps and clients both tell. */
  readonly reconciliation: Reconciliation;
  /** Ends of steps that the log of requests tells of; absent without such a log, and for that of clients. */
  readonly stepBoundaries?: {
    /** Distinct times at which some request got its first or last token. */
    readonly known: number;
    /** Of them, those that more than one request shares. */
    readonly shared: number;
  };
  /** Where the data are too little to learn from, one line each. */
  readonly warnings: readonly string[];
}

/** A request log. */
interface RequestsDescription {
  /** Requests in it. */
  readonly count: number;
  /** How they ended. */
  readonly outcomes: { readonly [O in Outcome]: number };
  /** Mean end-to-end latency of those that ended well, ms; null where it is not known, as in the others. */
  readonly e2eMs: number | null;
  /** Mean time to first token, ms. */
  readonly ttftMs: number | null;
  /** Mean time between output tokens, ms. */
  readonly itlMs: number | null;
  /** Whether the batches that they made were found, so that programs can be fitted on them. */
  readonly replayed: boolean;
}

/** Loads of clients in closed loop. */
interface PointsDescription {
  /** Points of the configuration. */
  readonly count: number;
  readonly split: SplitCounts;
  /** Mean time to first token over points, ms. */
  readonly ttftMs: number;
  /** Mean time per output token over points, ms. */
  readonly tpotMs: number;
  /** Rows that stand for the batches of all. */
  readonly shapes: number;
}

/** Clients that are known by their load and a report. */
interface ReportDescription {
  /** Requests that were sent, failed ones among them. */
  readonly count: number;
  /** Mean time between output tokens, ms: of tokens, where the report counts stream events. */
  readonly itlMs: number;
  /** Whether the batches that they made were found, so that programs can be fitted on them. */
  readonly replayed: boolean;
}

/** What there is to say of a table beside its features. */
type PlainTableDescription = Pick<PlainTableEntry, 'target' | 'description' | 'order' | 'leftOut' | 'groups'>;

/** The document of `evolve data describe --json`. */
export interface DatasetDescription {
  /** In order of id. */
  readonly experiments: readonly ExperimentDescription[];
  /** What programs may use. */
  readonly features: readonly {
    /** As in `batch.name`. */
    readonly name: string;
    /** `1` for a pure number. */
    readonly unit: string;
    /** One line. */
    readonly meaning: string;
    /** What it is of; `column` in a table of plain rows. */
    readonly kind: FeatureKind | 'column';
  }[];
  /** Where it is a table of plain rows; experiments are none then. */
  readonly table?: PlainTableDescription;
  /** Features that programs cannot use on these data; absent where there are none. */
  readonly unavailable?: readonly {
    /** As in `batch.name`. */
    readonly name: string;
    /** Columns that were not recorded, e.g. `kv.blocks_total_gpu`. */
    readonly missing: readonly string[];
  }[];
  /** Serving points that are not used, by rule; absent where all are. */
  readonly leftOut?: readonly {
    /** Name of the rule. */
    readonly rule: string;
    /** Points that it left out. */
    readonly points: number;
    /** Why they are not used, in a line. */
    readonly meaning: string;
  }[];
  /** SHA-256 of the data, hex. */
  readonly hash: string;
}

/** What is in a dataset: experiments with their splits, and the features that programs may use. */
export function describeDataset(dataset: Dataset): DatasetDescription {
  if (isPlainDataset(dataset)) return describePlainTable(dataset);
  const unavailable = unavailableFeatures(dataset).map(({ feature, missing }) => ({
    name: feature.name,
    missing: missing.map((column) => STEP_COLUMNS[column]),
  }));
  return {
    experiments: dataset.experiments.map((experiment) => describeExperiment(dataset, experiment)),
    features: featuresOf(dataset).map(({ name, unit, meaning, kind }) => ({ name, unit, meaning, kind })),
    ...(unavailable.length > 0 && { unavailable }),
    ...(dataset.leftOut && { leftOut: describeLeftOut(dataset.leftOut) }),
    hash: dataset.hash,
  };
}

function describeLeftOut(counts: LeftOutPoints): NonNullable<DatasetDescription['leftOut']> {
  return LEFT_OUT_RULE_NAMES.flatMap((rule) => {
    const points = counts[rule];
    return points === undefined ? [] : [{ rule, points, meaning: LEFT_OUT_RULES[rule] }];
  });
}

function describePlainTable({ table, hash }: PlainDataset): DatasetDescription {
  const { features, y: _y, columns: _columns, weights: _weights, ...facts } = table;
  const { groups } = plainTableEntry(table);
  return {
    experiments: [],
    features: features.map(({ name, header, unit }) => ({ name, unit, meaning: header, kind: 'column' })),
    table: { ...facts, groups },
    hash,
  };
}

function describeExperiment(dataset: Dataset, experiment: Experiment): ExperimentDescription {
  const { id, model, workload, tp, steps, measured, requests, settings } = experiment;
  const rows = steps?.stepId.length ?? 0;
  const ranges = splitRanges(rows);
  const cycle = targetRows(experiment, 'cycle');
  const pairs = (split: SplitName): number =>
    cycle.index.filter((row) => row >= ranges[split][0] && row < ranges[split][1]).length;
  const duration = targetRows(experiment, 'duration');
  const dropped = { cycle: leftOutFor('not positive', cycle), duration: leftOutFor('not positive', duration) };
  const [testStart, testEnd] = ranges.test;
  const boundaries = requests && stepBoundaries(requests);
  const signal = steps && signalOf(experiment, cycle, servingContext(dataset, experiment));
  return {
    id,
    model,
    workload,
    tp,
    rows,
    split: splitCounts(rows),
    testIds: testEnd > testStart ? [steps!.stepId[testStart]!, steps!.stepId[testEnd - 1]!] : null,
    cyclePairs: Object.fromEntries(SPLITS.map((split) => [split, pairs(split)])) as SplitCounts,
    ...((dropped.cycle > 0 || dropped.duration > 0) && { dropped }),
    ...(measured && { measured }),
    ...(requests && { requests: describeRequests(requests, experiment.replay !== undefined) }),
    ...describePoints(experiment),
    ...describeReports(experiment),
    ...(settings && { settings }),
    ...signal,
    warnings: [...(signal?.warnings ?? []), ...durationWarnings(duration), ...clientWarnings(experiment)],
    reconciliation: reconcile(experiment, cycle),
    ...(boundaries && { stepBoundaries: { known: boundaries.endsUs.length, shared: boundaries.shared } }),
  };
}

/** What keeps the reports of a load generator from being fitted to. */
function clientWarnings({ requests, load, reports }: Experiment): readonly string[] {
  if (requests !== undefined || load === undefined || reports === undefined) return [];
  const why = whyUnsteady(reports.overall);
  return why === undefined ? [] : [`nothing is fitted to what its clients reported: ${why}`];
}

function describePoints({ points, replay }: Experiment): Pick<ExperimentDescription, 'points'> {
  if (points === undefined) return {};
  const count = points.clients.length;
  const meanMs = (us: Float64Array): number => mean(us) / 1000;
  const [ttftMs, tpotMs] = [meanMs(points.ttftUs), meanMs(points.tpotUs)];
  return { points: { count, split: splitCounts(count), ttftMs, tpotMs, shapes: replay?.counts.length ?? 0 } };
}

function describeReports({ requests, load, reports, replay }: Experiment): Pick<ExperimentDescription, 'reported'> {
  if (requests !== undefined || load === undefined || reports === undefined) return {};
  const { completed, failed, itlMs } = reports.overall;
  return { reported: { count: completed + failed, itlMs: itlMs.mean, replayed: replay !== undefined } };
}

function describeRequests(requests: RequestColumns, replayed: boolean): RequestsDescription {
  const clients = clientsOf(requests);
  const known = (value: number | undefined): number | null => (Number.isFinite(value) ? value! : null);
  const count = (outcome: Outcome): number =>
    requests.outcome.filter((index) => index === OUTCOMES.indexOf(outcome)).length;
  return {
    count: requests.outcome.length,
    outcomes: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, count(outcome)])) as { [O in Outcome]: number },
    e2eMs: known(clients?.e2eMs),
    ttftMs: known(clients?.ttftMs),
    itlMs: known(clients?.itlMs),
    replayed,
  };
}

/** Durations are not what a simulator needs, so they have no signal of their own. */
function durationWarnings(duration: TargetRows): readonly string[] {
  const wild = leftOutFor('wild', duration);
  if (wild === 0) return [];
  return [`of the durations ${wild} ${wild === 1 ? 'is' : 'are'} far off what their batches explain, and left out`];
}

function leftOutFor(wanted: Reason, { leftOut }: TargetRows): number {
  return leftOut.find(({ reason }) => reason === wanted)?.rows.length ?? 0;
}
