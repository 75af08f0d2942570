import { mean, median } from '../../numeric/index.ts';
import type { JudgedLoop, JudgedOn, ServedExperiments } from './serve-experiments.ts';

/** Errors of latencies in closed loop, percent; null where a latency is not known. */
export interface LatencyErrors {
  /** Of the mean time to the first token. */
  readonly ttft: number | null;
  /** Of the mean time between the tokens of a request. */
  readonly itl: number | null;
  /** Of the mean time to the last token. */
  readonly e2e: number | null;
  /** Of the 90th percentile of the time to the last token. */
  readonly e2eP90: number | null;
}

/** Signed errors of an experiment in closed loop: above 0 where the simulated latency is longer. */
export interface LoopErrors extends LatencyErrors {
  /** Id of the experiment. */
  readonly id: string;
  /** Requests that are judged. */
  readonly requests: number;
  readonly judgedOn: JudgedOn;
  /**
   * More than a tenth of the requests failed as it was measured or, by reports, most of their time was a queue's; such an experiment is
   * in no average.
   */
  readonly saturated: boolean;
}

/** A predictor in closed loop. */
export interface ClosedLoopScore {
  readonly experiments: readonly LoopErrors[];
  /** Of the absolute errors over the experiments that were not saturated. */
  readonly mean: LatencyErrors;
  /** Of the same. */
  readonly median: LatencyErrors;
  /** Experiments that could not be simulated, each with the reason. */
  readonly missing: Readonly<Record<string, string>>;
}

/** The errors of an experiment in closed loop. */
export function loopErrors({ loop: { id, requests, error }, judgedOn, saturated }: JudgedLoop): LoopErrors {
  return {
    id,
    requests,
    judgedOn,
    saturated,
    ttft: error?.ttft?.mean ?? null,
    itl: error?.itl?.mean ?? null,
    e2e: error?.e2e?.mean ?? null,
    e2eP90: error?.e2e?.p90 ?? null,
  };
}

/** Averages of the absolute errors, those of saturated experiments left out. */
export function overLoops(
  experiments: readonly LoopErrors[],
): Pick<ClosedLoopScore, 'experiments' | 'mean' | 'median'> {
  const counted = experiments.filter(({ saturated }) => !saturated);
  const average = (of: (values: readonly number[]) => number): LatencyErrors => {
    const figure = (name: keyof LatencyErrors): number | null => {
      const known = counted.flatMap(({ [name]: error }) => (error === null ? [] : [Math.abs(error)]));
      return known.length === 0 ? null : of(known);
    };
    return { ttft: figure('ttft'), itl: figure('itl'), e2e: figure('e2e'), e2eP90: figure('e2eP90') };
  };
  return { experiments, mean: average(mean), median: average(median) };
}

/** The errors of all experiments that were served. */
export function closedLoopScore({ loops, missing }: ServedExperiments): ClosedLoopScore {
  return { ...overLoops(loops.map(loopErrors)), missing };
}
