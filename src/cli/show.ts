import { printGoFunction } from '../export/index.ts';
import { constantsTable, metricsTable } from '../report/index.ts';
import { findProgram, programDetails, readState } from '../run/index.ts';
import { frontierText } from './frontier-text.ts';
import { print, printJson } from './output.ts';
import { resolveRunAndProgram } from './workspace.ts';

/** `evolve show [RUN] [PROGRAM]`. */
export async function showCommand(
  first: string | undefined,
  second: string | undefined,
  options: { readonly json: boolean },
): Promise<void> {
  const { run, id } = resolveRunAndProgram(first, second);
  const { state } = readState(run);
  const individual = findProgram(run, state, id);
  const details = programDetails(individual);
  if (options.json) return printJson({ ...details, go: printGoFunction(individual.program) });
  const { fits } = individual.evaluation;
  const parents = details.parents.length === 0 ? 'none: a seed program' : details.parents.join(', ');
  print(
    [
      frontierText([details], undefined),
      '',
      details.source.trimEnd(),
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
      `Parents: ${parents}`,
      `INV-M-5: ${(100 * individual.evaluation.invariants.monotonicityViolations).toFixed(1)} % of paired batches with more tokens got a smaller time (bound 5 %)`,
    ].join('\n'),
  );
}
