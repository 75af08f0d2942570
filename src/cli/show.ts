import {
  barText,
  constantsTable,
  formatPercent,
  metricsCsv,
  metricsTable,
  programDocument,
  readHistory,
  renderTable,
  sourceWithFits,
} from '../report/index.ts';
import type { ExperimentMetrics, ObjectiveName } from '../evaluate/index.ts';
import { findProgram, readState } from '../run/index.ts';
import { sourceChangeText } from './change-text.ts';
import { frontierText } from './frontier-text.ts';
import { print, printJson } from './output.ts';
import { resolveRunAndProgram } from './workspace.ts';

/** The error of an experiment that the objective is made of. */
const BAR_OF: { readonly [O in ObjectiveName]: readonly [figure: 'e2eError' | 'mape', header: string] } = {
  e2e: ['e2eError', 'end-to-end error, validation rows, %'],
  mape: ['mape', 'MAPE, validation rows, %'],
};
const BAR_COLUMNS = 30;

/** `evolve show [RUN] [PROGRAM]`. */
export async function showCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly json: boolean; readonly csv: boolean },
): Promise<void> {
  const { run, id } = resolveRunAndProgram(first, second);
  const { state } = readState(run);
  const individual = findProgram(run, state, id);
  const details = programDocument(individual);
  if (options.json) return printJson(details);
  if (options.csv) {
    return print(
      metricsCsv([
        { split: 'train', rows: details.experiments },
        { split: 'valid', rows: details.validationExperiments },
      ]),
    );
  }
  const { fits, invariants } = individual.evaluation;
  const parent = details.parents[0];
  const parentSource = parent === undefined ? undefined : readHistory(run).programs.get(parent)?.source;
  print(
    [
      frontierText([details], undefined),
      '',
      sourceWithFits(details.source, fits).trimEnd(),
      '',
      'Constants by group, with standard errors:',
      constantsTable(fits),
      '',
      'Training rows:',
      metricsTable(details.experiments),
      '',
      'Validation rows:',
      metricsTable(details.validationExperiments),
      '',
      experimentBars(details.validationExperiments, run.config.objective),
      '',
      parent === undefined ? 'Parents: none, a seed program' : `Parents: ${details.parents.join(', ')}`,
      ...(parentSource === undefined
        ? []
        : [`Change from ${parent} by ${details.operator}:`, sourceChangeText(parentSource, details.source)]),
      '',
      `INV-M-5: ${(100 * invariants.monotonicityViolations).toFixed(1)} % of paired batches with more tokens got a smaller time (bound 5 %)`,
    ].join('\n'),
  );
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
