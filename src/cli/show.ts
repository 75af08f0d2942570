import { explainedProgram, programBeyondData, readProgram, readReply, type ShowDocument } from '../app/index.ts';
import type { Run, RunConfig } from '../run/index.ts';
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
import { beyondText } from './beyond-text.ts';
import { changeText } from './change-text.ts';
import { explanationText } from './explanation-text.ts';
import { floorLines } from './floor-text.ts';
import { runAndProgramOf } from './find-run.ts';
import { frontierText } from './frontier-text.ts';
import { print, printJson } from './output.ts';
import { replyText } from './reply-text.ts';
import { wrapped } from './wrapped.ts';

/** The error of an experiment that the objective is made of. */
const BAR_OF: { readonly [O in ObjectiveName]: readonly [figure: 'e2eError' | 'mape', header: string] } = {
  mse: ['mape', 'mean absolute error, validation rows, % of the standard deviation'],
  e2e: ['e2eError', 'end-to-end error, validation rows, %'],
  replay: ['e2eError', 'end-to-end error, validation requests, %'],
  mape: ['mape', 'MAPE, validation rows, %'],
};
const BAR_COLUMNS = 30;

/** `evolve show [RUN] [PROGRAM]`. */
export async function showCommand(
  first: string | undefined,
  second: string | undefined,
  options: {
    readonly json: boolean;
    readonly csv: boolean;
    readonly terms: boolean;
    readonly curves: boolean;
    readonly reply: boolean;
  },
): Promise<void> {
  const { run, id } = runAndProgramOf(first, second);
  if (options.reply && !options.json) return print(replyText(readReply(run, id ?? readProgram(run).id)));
  const document = await documentOf(run, id, options);
  if (options.json) return printJson(document);
  if (options.csv) {
    return print(
      metricsCsv([
        { split: 'train', rows: namedEntries(document.experiments) },
        { split: 'valid', rows: namedEntries(document.validationExperiments) },
      ]),
    );
  }
  if (options.terms) print(termsText(document));
  else if (options.curves) print(curvesText(document));
  else print(programText(document, run.config));
}

async function documentOf(
  run: Run,
  id: string | undefined,
  { terms, curves, reply }: { readonly terms: boolean; readonly curves: boolean; readonly reply: boolean },
): Promise<ShowDocument> {
  if (reply) {
    const document = readProgram(run, id);
    return { ...document, reply: readReply(run, document.id) };
  }
  if (terms) return await explainedProgram(run, id);
  return curves ? await programBeyondData(run, id) : readProgram(run, id);
}

/** The program and how it behaves where nothing was measured. */
function curvesText(document: ShowDocument): string {
  const { beyond, source } = document;
  return [sourceWithFits(source, fitsOf(document)).trimEnd(), ...(beyond === undefined ? [] : beyondText(beyond))].join(
    '\n\n',
  );
}

/** The program and what its times are made of. */
function termsText(document: ShowDocument): string {
  const { explanation, source } = document;
  return [
    sourceWithFits(source, fitsOf(document)).trimEnd(),
    ...(explanation === undefined ? [] : ['', explanationText(explanation)]),
  ].join('\n');
}

/** All of a program for the terminal. */
export function programText(document: ShowDocument, config: Pick<RunConfig, 'objective' | 'data'>): string {
  const { constants } = document;
  const [parent] = document.parents;
  const { table } = config.data;
  return [
    frontierText(
      [{ ...document, constants: new Set(constants.map(({ name }) => name)).size }],
      undefined,
      config.objective,
    ),
    '',
    ...(table === undefined
      ? []
      : [`Predicts ${table.target.header}${table.target.unit === '' ? '' : `, ${table.target.unit}`}:`]),
    sourceWithFits(document.source, fitsOf(document)).trimEnd(),
    '',
    'Constants by group, with units and standard errors:',
    constantsTable(constants),
    ...overheadLines(document),
    ...closedLoopLines(document),
    ...(document.floor === undefined ? [] : ['', 'Physical floor:', ...floorLines(document.floor)]),
    '',
    `Training rows${ofScale(config)}:`,
    metricsTable(namedEntries(document.experiments)),
    '',
    'Validation rows:',
    metricsTable(namedEntries(document.validationExperiments)),
    '',
    ...(table === undefined || document.validationExperiments.length > 1
      ? [experimentBars(namedEntries(document.validationExperiments), config.objective), '']
      : []),
    parent === undefined ? 'Parents: none, a seed program' : `Parents: ${document.parents.join(', ')}`,
    ...(document.change.length === 0
      ? []
      : [`Change from ${parent} by ${document.operator}:`, changeText(document.change)]),
    '',
    ...choiceLines(document),
    ...(table === undefined
      ? [
          `INV-M-5: ${(100 * document.invariants.monotonicityViolations).toFixed(1)} % of paired batches with more tokens got a smaller time (bound 5 %)`,
        ]
      : []),
  ].join('\n');
}

/** What percentages are of, in a table. */
function ofScale({ objective, data: { table } }: Pick<RunConfig, 'objective' | 'data'>): string {
  if (table === undefined) return '';
  return objective === 'mse' ? ', % of the standard deviation of the target' : ', % of the target';
}

function fitsOf({ constantsByGroup }: ShowDocument): Parameters<typeof sourceWithFits>[1] {
  return Object.entries(constantsByGroup).map(([group, constants]) => ({ group, constants }));
}

/** How the run's pick was chosen; nothing for another program. */
function choiceLines({ choice, id }: ShowDocument): readonly string[] {
  if (choice === null) return [];
  const { rule, lowest, difference, validationRows, warnings } = choice;
  const tie =
    difference === null
      ? 'it has the lowest'
      : `it is ${formatPercent(difference.low)} to ${formatPercent(difference.high)} points above ${lowest}`;
  return [
    ...wrapped(`The pick ${id}, ${rule}. By ${validationRows} validation rows ${tie}.`, 80),
    ...warnings.map((warning) => `warning: ${warning}`),
    '',
  ];
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
