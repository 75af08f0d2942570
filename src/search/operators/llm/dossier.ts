import type { RegressionTable } from '../../../data/index.ts';
import { namedEntries, type ExperimentMetrics, type ObjectiveName } from '../../../evaluate/index.ts';
import { type Program, printSource } from '../../../program/index.ts';
import { withFittedStarts } from '../../fitted-starts.ts';
import type { Individual } from '../../individual.ts';
import type { Task } from './settings.ts';
import { worstBatches } from './worst-batches.ts';

/** What a prompt says of a parent; tables are ready-made text. */
export interface Dossier {
  readonly number: number;
  readonly id: string;
  readonly error: string;
  readonly operations: number;
  readonly conditionals: number;
  readonly features: number;
  readonly source: string;
  readonly constants: string;
  readonly standardErrors: boolean;
  readonly experiments: string;
  readonly correlations: string;
  readonly batches: string;
  readonly nonPositive: string;
  readonly monotonicity: string;
}

const DIGITS = 4;
const CORRELATIONS = 8;
const WORST_EXPERIMENTS = 4;
const BATCHES_EACH = 2;
const SHOWN_FEATURES = 8;
/** Groups whose constants are shown; with one group for each experiment the table would fill the prompt. */
const MOST_GROUPS = 6;

/** The experiments of a program, worst first by what the run minimises. Training rows. */
export function worstExperiments({ evaluation }: Individual, { objective }: Task): readonly ExperimentMetrics[] {
  const errorOf = ERROR_OF[objective];
  return evaluation.metrics.train.toSorted((a, b) => errorOf(b) - errorOf(a));
}

const ERROR_OF: { readonly [O in ObjectiveName]: (metrics: ExperimentMetrics) => number } = {
  e2e: ({ e2eBlockError }) => e2eBlockError,
  mape: ({ mape }) => mape,
  mse: ({ rmse, mape }) => rmse ?? mape,
  replay: ({ e2eBlockError, requests }) => requests?.replayError ?? e2eBlockError,
};

/** All that is known of a parent from training rows, for the prompt. Validation figures are left out on purpose. */
export function dossierOf(parent: Individual, number: number, table: RegressionTable, task: Task): Dossier {
  const { evaluation, criteria, complexity } = parent;
  const worst = worstExperiments(parent, task);
  const correlations = evaluation.residualCorrelations.slice(0, CORRELATIONS);
  const shown = [...new Set([...complexity.features, ...correlations.map(({ feature }) => feature)])].slice(
    0,
    SHOWN_FEATURES,
  );
  const isOfColumn = table.features.target !== undefined;
  const batches = worstBatches(parent, table, {
    scope: task.scope,
    shown,
    experiments: [...new Set(worst.map(({ id }) => id))].slice(0, WORST_EXPERIMENTS),
    each: BATCHES_EACH,
  });
  return {
    number,
    id: parent.id,
    error: short(evaluation.error),
    operations: criteria.operations,
    conditionals: complexity.conditionals,
    features: criteria.features,
    source: shownSource(parent),
    constants: constantsTable(parent),
    standardErrors: complexity.constants > 0,
    experiments: experimentsTable(namedEntries(worst)),
    correlations: correlations.map(({ feature, r }) => `${feature} ${signed(r)}`).join(', '),
    batches: markdownTable(
      isOfColumn
        ? ['group', ...shown, 'observed', 'predicted', 'error']
        : ['experiment', ...shown, 'observed µs', 'predicted µs', 'error %'],
      batches.map(({ experiment, features, observedUs, predictedUs }) => [
        experiment,
        ...shown.map((name) => short(features[name] ?? Number.NaN)),
        short(observedUs),
        short(predictedUs),
        isOfColumn ? short(predictedUs - observedUs) : signed(100 * (predictedUs / observedUs - 1)),
      ]),
    ),
    nonPositive: short(100 * evaluation.invariants.nonPositive),
    monotonicity: short(100 * evaluation.invariants.monotonicityViolations),
  };
}

/** A parent's text as the prompt has it. */
export function shownSource(parent: Individual): string {
  return printSource(withShortStarts(withFittedStarts(parent))).trimEnd();
}

const EXPERIMENT_FIGURES: readonly (readonly [header: string, of: (metrics: ExperimentMetrics) => number | null])[] = [
  ['E2E', ({ e2eBlockError }) => e2eBlockError],
  ['E2E of the whole', ({ e2eError }) => e2eError],
  ['MAPE', ({ mape }) => mape],
  ['bias', ({ mspe }) => mspe],
  ['prefill-weighted', ({ prefillWeightedError }) => prefillWeightedError],
  ['decode-weighted', ({ decodeWeightedError }) => decodeWeightedError],
  ['TTFT', ({ requests }) => requests?.ttftError ?? null],
  ['ITL', ({ requests }) => requests?.itlError ?? null],
];

const GROUP_FIGURES: typeof EXPERIMENT_FIGURES = [
  ['RMSE', ({ rmse }) => rmse ?? null],
  ['MAE', ({ mape }) => mape],
  ['bias', ({ mspe }) => mspe],
  ['R²', ({ r2 }) => r2 ?? null],
];

/** Errors by experiment; a figure that none of them has is left out. */
function experimentsTable(experiments: readonly ExperimentMetrics[]): string {
  const figures = experiments.some(({ rmse }) => rmse !== undefined) ? GROUP_FIGURES : EXPERIMENT_FIGURES;
  const shown = figures.filter(([, of]) => experiments.some((metrics) => of(metrics) !== null));
  return markdownTable(
    ['experiment', ...shown.map(([header]) => header)],
    experiments.map((metrics) => [metrics.id, ...shown.map(([, of]) => short(of(metrics) ?? Number.NaN))]),
  );
}

/** Start values with as many digits as mean something to a reader. */
function withShortStarts(program: Program): Program {
  return {
    ...program,
    constants: program.constants.map(({ name, start }) => ({ name, start: Number(start.toPrecision(DIGITS)) })),
  };
}

function constantsTable({ program, evaluation }: Individual): string {
  if (program.constants.length === 0) return 'none';
  const fits = evaluation.fits.slice(0, MOST_GROUPS);
  const rows = program.constants.map(({ name }) => [
    name,
    ...fits.map(({ constants, standardErrors }) => {
      const error = standardErrors[name];
      return `${short(constants[name] ?? Number.NaN)} ± ${error === null || error === undefined ? '?' : short(error)}`;
    }),
  ]);
  const left = evaluation.fits.length - fits.length;
  return (
    markdownTable(['constant', ...fits.map(({ group }) => group)], rows) +
    (left > 0 ? `\n(and ${left} more groups)` : '')
  );
}

/** A Markdown table. */
function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Four significant digits, without trailing zeros. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(DIGITS))) : '–';
}

function signed(value: number): string {
  return Number.isFinite(value) ? `${value >= 0 ? '+' : ''}${value.toFixed(2)}` : '–';
}
