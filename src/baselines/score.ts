import { type ExperimentMetrics, experimentMetrics } from '../evaluate/index.ts';
import { bootstrap, type BootstrapInterval, mean, median, type Random } from '../numeric/index.ts';
import type { LabelledRows } from './rows.ts';

/** Figures of a predictor that are averaged over experiments. */
export const FIGURES = [
  'mape',
  'mspe',
  'pearson',
  'p99',
  'e2eError',
  'prefillWeightedError',
  'decodeWeightedError',
  'e2eBlockError',
] as const;
/** Those figures, in percent but for `pearson`; null where no experiment has the figure. */
export type Figures = {
  readonly [F in keyof Pick<ExperimentMetrics, (typeof FIGURES)[number]>]: number | null;
};

/** Bounds of MAPE below which experiments are counted, percent. */
const MAPE_BOUNDS = [10, 15, 25] as const;

/** Predictions beside the rows that they are for. */
export interface Predicted {
  readonly rows: LabelledRows;
  readonly p: Float64Array;
}

/** Errors of one experiment by the project's definitions. */
export function metricsOf({ rows, p }: Predicted): ExperimentMetrics {
  const { prefillRequests, decodeRequests } = rows.steps;
  const requests = prefillRequests.map((count, row) => count + decodeRequests[row]!);
  const weights = { e2e: requests, ttft: prefillRequests, itl: decodeRequests };
  return experimentMetrics(rows.experiment.id, p, rows.y, weights, [0, rows.y.length]);
}

/** A figure averaged over experiments, each counted once; figures that an experiment lacks are left out. */
export function overExperiments(
  experiments: readonly ExperimentMetrics[],
  average: (values: readonly number[]) => number,
): Figures {
  const figures = FIGURES.map((figure) => {
    const values = experiments
      .map((experiment) => experiment[figure])
      .filter((value): value is number => Number.isFinite(value));
    return [figure, values.length === 0 ? null : average(values)];
  });
  return Object.fromEntries(figures) as Figures;
}

/** Mean and median over experiments, and how many experiments are under each bound of MAPE. */
export interface Summary {
  /** Mean over experiments. */
  readonly mean: Figures;
  /** Median over experiments. */
  readonly median: Figures;
  /** Experiments with a MAPE under the bound, by bound in percent. */
  readonly under: Readonly<Record<string, number>>;
}

/** Sums up the errors of a predictor. */
export function summarise(experiments: readonly ExperimentMetrics[]): Summary {
  return {
    mean: overExperiments(experiments, mean),
    median: overExperiments(experiments, median),
    under: Object.fromEntries(
      MAPE_BOUNDS.map((bound) => [bound, experiments.filter(({ mape }) => mape < bound).length]),
    ),
  };
}

/** Absolute percentage error of every row. */
export function absoluteErrors({ rows: { y }, p }: Predicted): Float64Array {
  return p.map((value, row) => (100 * Math.abs(value - y[row]!)) / y[row]!);
}

/** Intervals of a mean over experiments; the rows of each experiment are resampled apart. */
export interface Intervals {
  /** Rows drawn one by one, as published figures have it; too narrow where neighbours are alike. */
  readonly rows: BootstrapInterval;
  /** Runs of √n neighbouring rows drawn together, which keeps what neighbours have in common. */
  readonly blocks: BootstrapInterval;
}

/**
 * Bootstrap intervals of the mean over experiments of the mean of some values by row, such as absolute errors (then it is that of
 * MAPE) or differences between the errors of two predictors.
 */
export function meanIntervals(values: readonly Float64Array[], random: Random): Intervals {
  const sizes = values.map(({ length }) => length);
  const statistic = (drawn: readonly Int32Array[]): number =>
    mean(
      drawn.map((rows, at) => {
        const own = values[at]!;
        let sum = 0;
        for (const row of rows) sum += own[row]!;
        return sum / rows.length;
      }),
    );
  const longest = Math.max(1, ...sizes);
  return {
    rows: bootstrap(sizes, statistic, { random: random.split('rows') }),
    blocks: bootstrap(sizes, statistic, {
      random: random.split('blocks'),
      blockLength: Math.max(1, Math.round(Math.sqrt(longest))),
    }),
  };
}
