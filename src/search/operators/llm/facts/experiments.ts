import { type ExperimentMetrics, namedEntries, type ObjectiveName } from '../../../../evaluate/index.ts';
import { mean } from '../../../../numeric/index.ts';
import type { Individual } from '../../../individual.ts';
import type { Task } from '../settings.ts';
import { markdownTable, short } from './text.ts';

/** Experiments that are shown of a program: the three worst, which the objectives of steps are means of, and the best. */
const WORST = 3;
const DIGITS = 3;

/** The experiments of a program, worst first by what the run minimises. Training rows. */
export function worstExperiments({ evaluation }: Individual, { objective }: Task): readonly ExperimentMetrics[] {
  const errorOf = ERROR_OF[objective];
  return evaluation.metrics.train.toSorted((a, b) => errorOf(b) - errorOf(a));
}

/** What the run minimises, of one experiment, percent. */
export const ERROR_OF: { readonly [O in ObjectiveName]: (metrics: ExperimentMetrics) => number } = {
  e2e: ({ e2eBlockError }) => e2eBlockError,
  mape: ({ mape }) => mape,
  mse: ({ rmse, mape }) => rmse ?? mape,
  replay: ({ e2eBlockError, requests }) => requests?.replayError ?? e2eBlockError,
};

type Figure = readonly [header: string, of: (metrics: ExperimentMetrics) => number | null];

const EXPERIMENT_FIGURES: readonly Figure[] = [
  ['E2E', ({ e2eBlockError }) => e2eBlockError],
  ['E2E of the whole', ({ e2eError }) => e2eError],
  ['MAPE', ({ mape }) => mape],
  ['bias', ({ mspe }) => mspe],
  ['prefill-weighted', ({ prefillWeightedError }) => prefillWeightedError],
  ['decode-weighted', ({ decodeWeightedError }) => decodeWeightedError],
  ['TTFT', ({ requests }) => requests?.ttftError ?? null],
  ['ITL', ({ requests }) => requests?.itlError ?? null],
];

const GROUP_FIGURES: readonly Figure[] = [
  ['RMSE', ({ rmse }) => rmse ?? null],
  ['MAE', ({ mape }) => mape],
  ['bias', ({ mspe }) => mspe],
  ['R²', ({ r2 }) => r2 ?? null],
];

/** Figures by experiment: the worst, the best, and the mean over all of them; a figure that none of them has is left out. */
export function experimentsTable(worstFirst: readonly ExperimentMetrics[]): string {
  const all = namedEntries(worstFirst);
  const isShort = all.length <= WORST + 1;
  const shown = figuresOf(all);
  const nameOf = shortNames(all.map(({ id }) => id));
  const rowOf = (metrics: ExperimentMetrics): readonly string[] => [
    nameOf(metrics.id),
    ...shown.map(([, of]) => short(of(metrics) ?? Number.NaN, DIGITS)),
  ];
  const summary = [
    `mean of all ${all.length}`,
    ...shown.map(([, of]) => short(mean(all.flatMap((metrics) => of(metrics) ?? [])), DIGITS)),
  ];
  return markdownTable(
    ['experiment', ...shown.map(([header]) => header)],
    isShort ? all.map(rowOf) : [...[...all.slice(0, WORST), ...all.slice(-1)].map(rowOf), summary],
  );
}

/** The worst experiments on a line, for programs that stand beside the one to be changed. */
export function worstLine(worstFirst: readonly ExperimentMetrics[], objective: ObjectiveName): string {
  const all = namedEntries(worstFirst);
  const nameOf = shortNames(all.map(({ id }) => id));
  return all
    .slice(0, WORST)
    .map(
      (metrics) =>
        `${nameOf(metrics.id)} ${short(ERROR_OF[objective](metrics), DIGITS)} (${short(metrics.mspe, DIGITS)})`,
    )
    .join(', ');
}

/** Ids without the dates and times that they begin with, where those do not tell them apart. */
export function shortNames(ids: readonly string[]): (id: string) => string {
  const shortened = (id: string): string => id.replace(/^(?:\d+[-_])+(?=\D)/, '');
  const isTold = new Set(ids.map(shortened)).size === new Set(ids).size;
  return (id) => (isTold ? shortened(id) : id);
}

function figuresOf(all: readonly ExperimentMetrics[]): readonly Figure[] {
  const figures = all.some(({ rmse }) => rmse !== undefined) ? GROUP_FIGURES : EXPERIMENT_FIGURES;
  return figures.filter(([, of]) => all.some((metrics) => of(metrics) !== null));
}
