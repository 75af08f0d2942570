import {
  contextsOf,
  type Dataset,
  type Experiment,
  knowsRequests,
  OBSERVED,
  type Observed,
  observationsOf,
  type Observations,
  requestsOfRows,
  SPLITS,
  type SplitName,
  splitRanges,
  type StepTarget,
  systemKeys,
  type SystemKeys,
  targetRows,
} from '../../data/index.ts';
import type { StepColumns } from '../../physics/index.ts';
import { gatherSteps, type LabelledRows, type StepRows, whereOf } from '../rows.ts';

/** What was measured: single steps or, of requests and serving points, what clients saw. */
export const MEASURED: readonly Measured[] = ['step', ...OBSERVED];
export type Measured = 'step' | Observed;

/** Absolute errors of what was measured of an experiment, percent. */
export type MeasuredErrors = { readonly [M in Measured]?: Float64Array };

/** An experiment with all that was measured of it, whatever the split. */
export interface MeasuredExperiment {
  readonly id: string;
  readonly system: SystemKeys;
  /** What it counts beside the others: each serving point counts alike, as does each experiment otherwise. */
  readonly weight: number;
  readonly rows: StepRows;
  /** What baselines learn from: recorded steps of the training split, or batches of a replay with estimates of their times. */
  readonly training: LabelledRows;
  /** Whether these are batches of a replay. */
  readonly isReplayed: boolean;
  /** Errors of step times of `rows`. */
  readonly errorsOf: (p: Float64Array) => MeasuredErrors;
}

/** What was measured of the experiments of a dataset; those of which nothing was are left out. */
export function measuredExperiments(dataset: Dataset, target: StepTarget): readonly MeasuredExperiment[] {
  const systems = systemKeys(dataset);
  const points = dataset.experiments.flatMap((experiment) => experiment.points?.clients.length ?? []);
  const meanPoints = points.reduce((sum, count) => sum + count, 0) / Math.max(1, points.length);
  return dataset.experiments.flatMap((experiment) => {
    const found = measuredSteps(dataset, experiment, target) ?? measuredClients(dataset, experiment, target);
    if (found === undefined) return [];
    const weight = experiment.points === undefined ? 1 : experiment.points.clients.length / meanPoints;
    return [{ id: experiment.id, system: systems.get(experiment)!, weight, ...found }];
  });
}

type Found = Pick<MeasuredExperiment, 'rows' | 'training' | 'isReplayed' | 'errorsOf'>;

function measuredSteps(dataset: Dataset, experiment: Experiment, target: StepTarget): Found | undefined {
  const { steps } = experiment;
  if (steps === undefined) return undefined;
  const { index, y } = targetRows(experiment, target);
  const [start, end] = splitRanges(steps.stepId.length).train;
  const training = [...index.keys()].filter((at) => index[at]! >= start && index[at]! < end);
  if (training.length === 0) return undefined;
  const rows = (at: readonly number[] | Int32Array): StepRows => stepRows(dataset, experiment, steps, at);
  return {
    rows: rows(index),
    training: { ...rows(training.map((at) => index[at]!)), y: Float64Array.from(training, (at) => y[at]!) },
    isReplayed: false,
    errorsOf: (p) => ({ step: p.map((value, at) => errorOf(value, y[at]!)) }),
  };
}

function measuredClients(dataset: Dataset, experiment: Experiment, target: StepTarget): Found | undefined {
  const { replay } = experiment;
  // The scheduler's part of a step is no clock that requests could go by.
  if (replay === undefined || target !== 'cycle') return undefined;
  const of = (splits: readonly SplitName[]): ReturnType<typeof observationsOf> =>
    observationsOf(experiment, replay, splits);
  const all = of(SPLITS);
  const [trainingFrom, trainingTo] = of(['train']).rows;
  const rows = ([from, to]: readonly [number, number]): StepRows =>
    stepRows(
      dataset,
      experiment,
      replay.steps,
      Array.from({ length: to - from }, (_, at) => from + at),
    );
  const counts = replay.counts.slice(...all.rows);
  const { requestUs } = replay.overheads;
  return {
    rows: rows(all.rows),
    training: {
      ...rows([trainingFrom, trainingTo]),
      y: replay.steps.durationUs.slice(trainingFrom, trainingTo),
    },
    isReplayed: true,
    errorsOf: (p) => observedErrors(p, counts, all.observations, requestUs),
  };
}

function stepRows(
  dataset: Dataset,
  experiment: Experiment,
  steps: StepColumns,
  index: readonly number[] | Int32Array,
): StepRows {
  const contexts = experiment.steps === steps ? contextsOf(dataset, experiment) : undefined;
  const requests = knowsRequests(dataset) ? requestsOfRows(experiment, index) : undefined;
  return {
    ...whereOf(dataset, experiment),
    steps: gatherSteps(steps, index),
    ...(contexts && { contexts: gatherSteps(contexts, index) }),
    ...(requests && { requests }),
  };
}

/** @param requestUs what clients see of a request beyond steps: no part of `y`, and of what was measured */
function observedErrors(
  p: Float64Array,
  counts: Float64Array,
  { kind, start, head, end, y, reports }: Observations,
  requestUs: number,
): MeasuredErrors {
  const before = new Float64Array(p.length + 1);
  for (let row = 0; row < p.length; row++) before[row + 1] = before[row]! + counts[row]! * p[row]!;
  const sums = new Map<string, { readonly kind: Observed; predicted: number; measured: number; beyond: number }>();
  for (let at = 0; at < y.length; at++) {
    if (!(y[at]! > 0)) continue;
    const first = start[at]!;
    const predicted = head[at]! * p[first]! + before[Math.max(end[at]!, first + 1)]! - before[first + 1]!;
    const name = OBSERVED[kind[at]!]!;
    const report = reports === undefined || reports.of[at]! < 0 ? `alone ${at}` : `report ${reports.of[at]}`;
    const key = `${name} ${report}`;
    const sum = sums.get(key) ?? { kind: name, predicted: 0, measured: 0, beyond: 0 };
    sum.predicted += predicted;
    sum.measured += y[at]!;
    sum.beyond += name === 'itl' ? 0 : requestUs;
    sums.set(key, sum);
  }
  const ofKind = (name: Observed): Float64Array =>
    Float64Array.from(
      [...sums.values()].filter((sum) => sum.kind === name),
      ({ predicted, measured, beyond }) => errorOf(predicted + beyond, measured + beyond),
    );
  return Object.fromEntries(
    OBSERVED.map((name) => [name, ofKind(name)] as const).filter(([, errors]) => errors.length > 0),
  );
}

/** What is no time at all counts as 0 µs. */
function errorOf(predicted: number, measured: number): number {
  return 100 * Math.abs((predicted > 0 ? predicted : 0) / measured - 1);
}
