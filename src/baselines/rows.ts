import {
  clientLoad,
  contextsOf,
  type Dataset,
  type Experiment,
  knowsRequests,
  type MeasuredLatency,
  modelKey,
  requestsOfRows,
  servingContext,
  type SplitName,
  splitCounts,
  splitRanges,
  stepTarget,
  type TargetName,
  targetRows,
} from '../data/index.ts';
import { UserError } from '../base/index.ts';
import {
  type ContextSums,
  gatherRequests,
  type RequestRows,
  type ServingContext,
  type StepColumns,
} from '../physics/index.ts';
import { loggedLatency } from './logged-latency.ts';
import { replayRows } from './replay-rows.ts';

/** What a predictor may see of step records: the records of one split of one experiment, without their targets. */
export interface StepRows {
  readonly experiment: Pick<Experiment, 'id' | 'model' | 'workload' | 'tp' | 'settings'>;
  /** Experiments of equal key run the same model on as many GPUs of the same kind. */
  readonly modelKey: string;
  readonly context: ServingContext;
  /** One entry for each row. */
  readonly steps: StepColumns;
  /** Figures of the contexts of each row, where the dataset has the state of requests. */
  readonly contexts?: ContextSums;
  /** The requests of each row, where the dataset knows them. */
  readonly requests?: RequestRows;
}

/** Step records with their targets, µs. */
export interface LabelledRows extends StepRows {
  readonly y: Float64Array;
}

/** What a predictor may learn from. Parts are in the order of the experiments; one without rows is left out. */
export interface TrainingData {
  /** Fits. */
  readonly train: readonly LabelledRows[];
  /** Chooses: grids, penalties. Never fitted on. */
  readonly valid: readonly LabelledRows[];
  /** What the clients measured over a whole run, or of training requests where each was logged, by experiment. */
  readonly measured: ReadonlyMap<string, MeasuredLatency>;
  /** Experiments whose steps were not recorded: their training rows are batches of a replay, with the times of its reference. */
  readonly replayed: readonly string[];
}

/** The rows of one split that have the target, by experiment. */
export function openRows(dataset: Dataset, target: TargetName, split: SplitName): readonly LabelledRows[] {
  return dataset.experiments.flatMap((experiment) => {
    const { steps } = experiment;
    if (steps === undefined) return [];
    const { index, y } = targetRows(experiment, stepTarget(dataset, target));
    const [start, end] = splitRanges(steps.stepId.length)[split];
    const isWanted = (row: number): boolean => row >= start && row < end;
    const rows = index.filter(isWanted);
    if (rows.length === 0) return [];
    const contexts = contextsOf(dataset, experiment);
    const requests = knowsRequests(dataset) ? requestsOfRows(experiment, rows) : undefined;
    return [
      {
        ...whereOf(dataset, experiment),
        steps: gatherSteps(steps, rows),
        ...(contexts && { contexts: gatherSteps(contexts, rows) }),
        ...(requests && { requests }),
        y: y.filter((_, at) => isWanted(index[at]!)),
      },
    ];
  });
}

/** What rows of an experiment have in common. */
export function whereOf(
  dataset: Dataset,
  experiment: Experiment,
): Pick<StepRows, 'experiment' | 'modelKey' | 'context'> {
  const { id, model, workload, tp, settings } = experiment;
  return {
    experiment: { id, model, workload, tp, ...(settings && { settings }) },
    modelKey: modelKey(experiment),
    context: servingContext(dataset, experiment),
  };
}

/** The batches that requests of a split made, where they were replayed; their times are those of the replay's reference. */
export function replayedRows(dataset: Dataset, target: TargetName, split: SplitName): readonly LabelledRows[] {
  if (target !== 'cycle') return [];
  return dataset.experiments.flatMap((experiment) => {
    const { steps, replay } = experiment;
    if (steps !== undefined || replay === undefined) return [];
    const rows = replayRows(experiment, split);
    if (rows.length === 0) return [];
    const own = gatherSteps(replay.steps, rows);
    const requests = knowsRequests(dataset) ? requestsOfRows(experiment, rows) : undefined;
    return [{ ...whereOf(dataset, experiment), steps: own, ...(requests && { requests }), y: own.durationUs }];
  });
}

/**
 * Refuses data that has nothing to judge by. It counts records and requests and reads no time.
 *
 * @throws UserError where no experiment has a test row with the target, nor clients whose latencies could be simulated.
 */
export function refuseWithoutTest(dataset: Dataset, target: TargetName): void {
  const { experiments, source } = dataset;
  const ofSteps = stepTarget(dataset, target);
  const hasTestRow = (experiment: Experiment): boolean => {
    const [start, end] = splitRanges(experiment.steps?.stepId.length ?? 0).test;
    return targetRows(experiment, ofSteps).index.some((row) => row >= start && row < end);
  };
  if (
    experiments.some(hasTestRow) ||
    (target === 'cycle' &&
      experiments.some((experiment) => clientLoad(experiment) !== undefined || hasTestPoint(experiment)))
  )
    return;
  throw new UserError({
    code: 'baselines.no-test-rows',
    place: { file: source },
    problem: `no test rows for the target \`${target}\`, and no requests of clients`,
    mend: 'Use data with more step records, or with request logs',
  });
}

function hasTestPoint({ points }: Experiment): boolean {
  return points !== undefined && splitCounts(points.clients.length).test > 0;
}

/** What baselines learn from: training and validation rows and the clients' figures; test rows and requests are not in it. */
export function trainingData(dataset: Dataset, target: TargetName): TrainingData {
  const replayed = replayedRows(dataset, target, 'train');
  return {
    train: [...openRows(dataset, target, 'train'), ...replayed],
    valid: openRows(dataset, target, 'valid'),
    measured: new Map(
      dataset.experiments.flatMap((experiment) => {
        const latency = loggedLatency(experiment) ?? experiment.measured;
        return latency ? [[experiment.id, latency] as const] : [];
      }),
    ),
    replayed: replayed.map(({ experiment }) => experiment.id),
  };
}

/** Some of the rows, in the order given. */
export function someRows<R extends StepRows>(part: R, rows: ArrayLike<number>): R {
  const { steps, contexts, requests } = part;
  return {
    ...part,
    steps: gatherSteps(steps, rows),
    ...(contexts && { contexts: gatherSteps(contexts, rows) }),
    ...(requests && { requests: gatherRequests(requests, rows) }),
  };
}

/** The same with their targets. */
export function someLabelledRows(part: LabelledRows, rows: ArrayLike<number>): LabelledRows {
  return { ...someRows(part, rows), y: Float64Array.from({ length: rows.length }, (_, at) => part.y[rows[at]!]!) };
}

/** Some rows of the columns of step records, in the order given. */
export function gatherSteps<C extends StepColumns | ContextSums>(columns: C, rows: ArrayLike<number>): C {
  const gathered = Object.entries(columns).map(([name, column]: [string, Float64Array]) => [
    name,
    Float64Array.from({ length: rows.length }, (_, at) => column[rows[at]!]!),
  ]);
  return Object.fromEntries(gathered) as C;
}
