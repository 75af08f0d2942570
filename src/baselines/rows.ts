import {
  contextsOf,
  type Dataset,
  type Experiment,
  type MeasuredLatency,
  modelKey,
  servingContext,
  type SplitName,
  splitRanges,
  type TargetName,
  targetRows,
} from '../data/index.ts';
import { UserError } from '../base/index.ts';
import type { ContextSums, ServingContext, StepColumns } from '../physics/index.ts';

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
  /** What the clients measured over a whole run, by experiment. */
  readonly measured: ReadonlyMap<string, MeasuredLatency>;
}

/** The rows of one split that have the target, by experiment. */
export function openRows(dataset: Dataset, target: TargetName, split: SplitName): readonly LabelledRows[] {
  return dataset.experiments.flatMap((experiment) => {
    const { id, model, workload, tp, settings, steps } = experiment;
    if (steps === undefined) return [];
    const { index, y } = targetRows(experiment, target);
    const [start, end] = splitRanges(steps.stepId.length)[split];
    const isWanted = (row: number): boolean => row >= start && row < end;
    const rows = index.filter(isWanted);
    if (rows.length === 0) return [];
    const contexts = contextsOf(dataset, experiment);
    return [
      {
        experiment: { id, model, workload, tp, ...(settings && { settings }) },
        modelKey: modelKey(experiment),
        context: servingContext(dataset, experiment),
        steps: gatherSteps(steps, rows),
        ...(contexts && { contexts: gatherSteps(contexts, rows) }),
        y: y.filter((_, at) => isWanted(index[at]!)),
      },
    ];
  });
}

/**
 * Refuses data that has nothing to judge by. It counts records and reads no time.
 *
 * @throws UserError where no experiment has a test row with the target.
 */
export function refuseWithoutTestRows({ experiments, source }: Dataset, target: TargetName): void {
  const hasTestRow = (experiment: Experiment): boolean => {
    const [start, end] = splitRanges(experiment.steps?.stepId.length ?? 0).test;
    return targetRows(experiment, target).index.some((row) => row >= start && row < end);
  };
  if (experiments.some(hasTestRow)) return;
  throw new UserError({
    code: 'baselines.no-test-rows',
    place: { file: source },
    problem: `no test rows for the target \`${target}\`${experiments.some(({ replay }) => replay) ? ': requests were logged, steps were not' : ''}`,
    mend: 'Use data with more step records, or judge the program in closed loop where requests were logged',
  });
}

/** What baselines learn from: training and validation rows and the clients' figures; test rows are not in it. */
export function trainingData(dataset: Dataset, target: TargetName): TrainingData {
  return {
    train: openRows(dataset, target, 'train'),
    valid: openRows(dataset, target, 'valid'),
    measured: new Map(dataset.experiments.flatMap(({ id, measured }) => (measured ? [[id, measured] as const] : []))),
  };
}

/** Some of the rows, in the order given. */
export function someRows<R extends StepRows>(part: R, rows: ArrayLike<number>): R {
  const { steps, contexts } = part;
  return { ...part, steps: gatherSteps(steps, rows), ...(contexts && { contexts: gatherSteps(contexts, rows) }) };
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
