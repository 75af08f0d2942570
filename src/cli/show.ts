import { readProgram, type ShowDocument } from '../app/index.ts';
import { type ExperimentMetrics, namedEntries, type ObjectiveName } from '../evaluate/index.ts';
import {
  barText,
  constantsTable,
  formatPercent,
  metricsCsv,
  metricsTable,
  overheadsTable,
  renderTable,
  sourceWithFits,
} from '../report/index.ts';
import { changeText } from './change-text.ts';
import { runAndProgramOf } from './find-run.ts';
import { frontierText } from './frontier-text.ts';
import { print, printJson } from './output.ts';

/** The error of an experiment that the objective is made of. */
const BAR_OF: { readonly [O in ObjectiveName]: readonly [figure: 'e2eError' | 'mape', header: string] } = {
  e2e: ['e2eError', 'end-to-end error, validation rows, %'],
  replay: ['e2eError', 'end-to-end error, validation requests, %'],
  mape: ['mape', 'MAPE, validation rows, %'],
};
const BAR_COLUMNS = 30;

/** `evolve show [RUN] [PROGRAM]`. */
export async function showCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly json: boolean; readonly csv: boolean },
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  const document = readProgram(run, id);
  if (options.json) return printJson(document);
  if (options.csv) {
    return print(
      metricsCsv([
        { split: 'train', rows: namedEntries(document.experiments) },
        { split: 'valid', rows: namedEntries(document.validationExperiments) },
      ]),
    );
  }
  print(programText(document, run.config.objective));
}

/** All of a program for the terminal. */
export function programText(document: ShowDocument, objective: ObjectiveName): string {
  const { constants } = document;
  const fits = Object.entries(document.constantsByGroup).map(([group, values]) => ({ group, constants: values }));
  const [parent] = document.parents;
  return [
    frontierText([{ ...document, constants: new Set(constants.map(({ name }) => name)).size }], undefined),
    '',
    sourceWithFits(document.source, fits).trimEnd(),
    '',
    'Constants by group, with units and standard errors:',
    constantsTable(constants),
    ...overheadLines(document),
    ...closedLoopLines(document),
    '',
    'Training rows:',
    metricsTable(namedEntries(document.experiments)),
    '',
    'Validation rows:',
    metricsTable(namedEntries(document.validationExperiments)),
    '',
    experimentBars(namedEntries(document.validationExperiments), objective),
    '',
    parent === undefined ? 'Parents: none, a seed program' : `Parents: ${document.parents.join(', ')}`,
    ...(document.change.length === 0
      ? []
      : [`Change from ${parent} by ${document.operator}:`, changeText(document.change)]),
    '',
    `INV-M-5: ${(100 * document.invariants.monotonicityViolations).toFixed(1)} % of paired batches with more tokens got a smaller time (bound 5 %)`,
  ].join('\n');
}

function overheadLines({ overheadsByGroup }: ShowDocument): readonly string[] {
  const rows = Object.entries(overheadsByGroup).map(([group, overheads]) => ({ group, overheads }));
  return rows.length === 0 ? [] : ['', 'What clients see beyond steps:', overheadsTable(rows)];
}

function closedLoopLines({ closedLoop }: ShowDocument): readonly string[] {
  if (closedLoop === undefined) return [];
  const { error, validationError, rounds, converged, saturated } = closedLoop;
  return [
    '',
    `In closed loop, objective replay: training requests ${formatPercent(error)} %,`,
    `validation requests ${formatPercent(validationError)} %; fitted in ${rounds} replays${converged ? '' : ', and not settled by then'}`,
    ...saturated.map((id) => `saturated, so that latencies grow as long as the load lasts: ${id}`),
  ];
}

/** One bar for each experiment, the longest for the largest error. */
function experimentBars(experiments: readonly ExperimentMetrics[], objective: ObjectiveName): string {
  const [figure, header] = BAR_OF[objective];
  const largest = Math.max(...experiments.map((metrics) => metrics[figure]));
  return renderTable(
    [{ header: 'experiment' }, { header: '%', align: 'right' }, { header }],
    experiments.map((metrics) => [
      metrics.id,
      formatPercent(metrics[figure]),
      barText(metrics[figure] / largest, BAR_COLUMNS),
    ]),
  );
}
