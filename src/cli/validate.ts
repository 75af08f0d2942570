import { buildTable } from '../data/index.ts';
import { createPool, type ExperimentMetrics } from '../evaluate/index.ts';
import { mean, median } from '../numeric/index.ts';
import { metricsTable, renderTable } from '../report/index.ts';
import { findProgram, readState, recordTestAccess } from '../run/index.ts';
import { evaluateSettings } from './evaluate-settings.ts';
import { littlesLaw } from './littles-law.ts';
import { note, print, printJson } from './output.ts';
import { datasetOf, resolveRunAndProgram } from './workspace.ts';

type Figures = Omit<ExperimentMetrics, 'id' | 'rows'>;

/** `evolve validate [RUN] [PROGRAM]`: opens the test rows, and says in the run's directory that it did. */
export async function validateCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly json: boolean },
): Promise<void> {
  const { run, id } = resolveRunAndProgram(first, second);
  const individual = findProgram(run, readState(run).state, id);
  const dataset = await datasetOf(run);
  recordTestAccess(run, { command: 'validate', program: individual.id });
  const table = buildTable(dataset, { target: run.config.target, splits: ['test'] });
  const { fits } = individual.evaluation;
  const evaluator = await createPool(table, evaluateSettings(run.config, 1));
  let experiments: readonly ExperimentMetrics[];
  try {
    experiments = await evaluator.score(individual.program, fits, 'test');
  } finally {
    await evaluator.close();
  }
  const latency = run.config.target === 'cycle' ? littlesLaw(dataset, individual.program, fits, run.config.scope) : [];
  const means = overExperiments(experiments, mean);
  const medians = overExperiments(experiments, median);
  if (options.json) {
    return printJson({
      program: individual.id,
      split: 'test',
      experiments,
      mean: means,
      median: medians,
      ...(latency.length > 0 && { littlesLaw: latency }),
    });
  }
  print(`Test rows of ${run.directory}, program ${individual.id}:`);
  print(metricsTable([...experiments, row('mean', means), row('median', medians)]));
  if (latency.length > 0) {
    print("\nMean end-to-end latency of the whole experiment, by Little's law from the predicted steps:");
    print(
      renderTable(
        [
          { header: 'experiment' },
          { header: 'predicted ms', align: 'right' },
          { header: 'measured ms', align: 'right' },
          { header: 'error %', align: 'right' },
        ],
        latency.map((entry) => [
          entry.id,
          entry.predictedE2eMs.toFixed(0),
          entry.measuredE2eMs.toFixed(0),
          entry.error.toFixed(2),
        ]),
      ),
    );
  }
  note(`test rows were opened; ${run.directory}/test-access.jsonl records it`);
}

const FIGURES = ['mape', 'mspe', 'pearson', 'p99', 'e2eError', 'ttftError', 'itlError'] as const;

function overExperiments(
  experiments: readonly ExperimentMetrics[],
  average: (values: readonly number[]) => number,
): Figures {
  return Object.fromEntries(
    FIGURES.map((figure) => {
      const values = experiments.map((experiment) => experiment[figure]).filter((value) => Number.isFinite(value));
      return [figure, values.length === 0 ? Number.NaN : average(values)];
    }),
  ) as unknown as Figures;
}

function row(id: string, figures: Figures): ExperimentMetrics {
  return { id, rows: Number.NaN, ...figures };
}
