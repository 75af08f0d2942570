import type { Journey, ServerSettings } from '../../data/index.ts';
import { mean, pearson, type Random } from '../../numeric/index.ts';
import type { StepColumns } from '../../physics/index.ts';
import { applyLinear } from '../linear.ts';
import { crossValidatedRidge } from './cross-validated-ridge.ts';

/** Features of LPIC's queueing model behind the constant term, known when a request is queued. */
const ALPHA_FEATURES = [
  'baseWaitUs',
  'baseWaitTimesPressure',
  'baseWaitTimesUsage',
  'baseWaitTimesPrompt',
  'recentPreemptions',
  'queuePressure',
] as const;

/** How well queueing times (SCHEDULED − QUEUED) of the last requests of an experiment are predicted. */
export interface QueueingScore {
  /** Id of the experiment. */
  readonly id: string;
  /** Requests by split: fitted on, left aside, scored. */
  readonly requests: { readonly train: number; readonly valid: number; readonly test: number };
  /** Mean absolute errors on test requests, µs; relative errors mean nothing where most waits are near zero. */
  readonly maeUs: number;
  /** The same for the mean of the training requests. */
  readonly naiveMaeUs: number;
  /** Mean of the test requests. */
  readonly meanObservedUs: number;
  /** The same as predicted. */
  readonly meanPredictedUs: number;
  /** Correlation of predicted and observed times, −1…1. */
  readonly pearson: number;
  /** Intercept, then coefficients in the order of `ALPHA_FEATURES`. */
  readonly coefficients: readonly number[];
  /** Of the ridge regression, as chosen. */
  readonly penalty: number;
}

/** Limits of the server in the published runs, where an experiment does not say its own. */
const MAX_REQUESTS = 128;
const MAX_TOKENS = 4096;
const SMOOTHING = 0.1;
const BUSIEST = 0.95;
const RECENT_STEPS = 10;

/**
 * Fits LPIC's α on the first 60 % of an experiment's requests, in order of queueing, and scores it on the last 20 %; the
 * penalty is chosen by cross-validation on the training requests.
 *
 * @param settings of the server; the published ones where they do not say a limit.
 * @throws RangeError for fewer than 20 journeys.
 */
export function scoreQueueing(
  id: string,
  journeys: readonly Journey[],
  steps: StepColumns,
  random: Random,
  settings: ServerSettings = {},
): QueueingScore {
  const n = journeys.length;
  if (n < 20) throw new RangeError(`${id}: ${n} journeys are too few to fit and score`);
  const columns = alphaFeatures(journeys, steps, settings);
  const y = Float64Array.from(journeys, ({ queuedS, scheduledS }) => 1e6 * (scheduledS - queuedS));
  const trainEnd = Math.round(0.6 * n);
  const testStart = trainEnd + Math.round(0.2 * n);
  const part = (column: Float64Array, from: number, to: number): Float64Array => column.slice(from, to);
  const model = crossValidatedRidge(
    columns.map((column) => part(column, 0, trainEnd)),
    part(y, 0, trainEnd),
    random,
  );
  const test = columns.map((column) => part(column, testStart, n));
  const p = applyLinear(model, test, n - testStart).map((value) => Math.max(0, value));
  const observed = part(y, testStart, n);
  const naive = mean(part(y, 0, trainEnd));
  const mae = (of: (row: number) => number): number => mean(observed.map((value, row) => Math.abs(value - of(row))));
  return {
    id,
    requests: { train: trainEnd, valid: testStart - trainEnd, test: n - testStart },
    maeUs: mae((row) => p[row]!),
    naiveMaeUs: mae(() => naive),
    meanObservedUs: mean(observed),
    meanPredictedUs: mean(p),
    pearson: pearson(p, observed),
    coefficients: [model.intercept, ...model.coefficients],
    penalty: model.penalty,
  };
}

/**
 * The features of each request as columns. Base wait is that of an M/M/1 queue, ρ/(1 − ρ)/μ, with rates as exponential moving
 * averages of what had happened before the request was queued; the queue's and the cache's state are those of the last step
 * that had started.
 */
export function alphaFeatures(
  journeys: readonly Journey[],
  steps: StepColumns,
  { maxNumSeqs = MAX_REQUESTS, maxModelLen = MAX_TOKENS }: ServerSettings = {},
): readonly Float64Array[] {
  const columns = ALPHA_FEATURES.map(() => new Float64Array(journeys.length));
  const scheduled = journeys.map(({ scheduledS }) => scheduledS).sort((a, b) => a - b);
  const arrivals = new MovingGap();
  const services = new MovingGap();
  let served = 0;
  let step = -1;
  for (const [at, { queuedS, promptTokens }] of journeys.entries()) {
    arrivals.add(queuedS);
    while (served < scheduled.length && scheduled[served]! < queuedS) services.add(scheduled[served++]!);
    while (step + 1 < steps.stepId.length && steps.startNs[step + 1]! <= 1e9 * queuedS) step++;
    const baseWaitUs = baseWait(arrivals.rate, services.rate);
    const pressure = step < 0 ? 0 : steps.waitingDepth[step]! / maxNumSeqs;
    const usage = step < 0 ? 0 : steps.kvUsageRatio[step]!;
    const values = [
      baseWaitUs,
      baseWaitUs * pressure,
      baseWaitUs * usage,
      (baseWaitUs * promptTokens) / maxModelLen,
      recentPreemptions(steps, step) / RECENT_STEPS,
      pressure,
    ];
    for (const [feature, value] of values.entries()) columns[feature]![at] = value;
  }
  return columns;
}

/** Wait, µs, from rates in 1/s; 0 before both are known. */
function baseWait(arrivalRate: number, serviceRate: number): number {
  if (!(arrivalRate > 0 && serviceRate > 0)) return 0;
  const load = Math.min(arrivalRate / serviceRate, BUSIEST);
  return (1e6 * (load / (1 - load))) / serviceRate;
}

function recentPreemptions(steps: StepColumns, last: number): number {
  let sum = 0;
  for (let step = Math.max(0, last - RECENT_STEPS + 1); step <= last; step++) sum += steps.preemptedRequests[step]!;
  return sum;
}

/** The rate of events as the inverse of an exponential moving average of the time between them. */
class MovingGap {
  #last: number | undefined;
  #gap: number | undefined;

  add(time: number): void {
    if (this.#last !== undefined) {
      const gap = time - this.#last;
      this.#gap = this.#gap === undefined ? gap : SMOOTHING * gap + (1 - SMOOTHING) * this.#gap;
    }
    this.#last = time;
  }

  /** Events/s; 0 before the second one. */
  get rate(): number {
    return this.#gap === undefined || this.#gap <= 0 ? 0 : 1 / this.#gap;
  }
}
