import { buildTable } from '../data/index.ts';
import { fitsInUse } from '../evaluate/index.ts';
import { exportFormula, type FormulaLanguage } from '../export/index.ts';
import { measure } from '../program/index.ts';
import { choiceOf, findProgram, readState, type Run } from '../run/index.ts';
import { failedExportGates } from '../search/index.ts';
import type { ExportDocument } from './documents.ts';
import { refusedByGates } from './export-program.ts';
import { datasetOf } from './workspace.ts';

/** Where a formula goes, and as what. */
export interface FormulaExportOptions {
  /** Absent, empty, or an earlier export. */
  readonly dir: string;
  readonly language: FormulaLanguage;
  /** Also a program that fails a gate; the files then say which and why. Default false. */
  readonly force?: boolean;
}

/**
 * Writes a program of a run as a formula of the columns that it reads: Go or Python with its constants and a parity test, LaTeX, or its
 * graph as JSON. Of step times it is the function alone; `exportProgram` writes the package that computes features from requests.
 *
 * @param id as in `readProgram`.
 * @throws UserError where the run has no such program, it fails a gate, its data is gone, or the folder holds something else.
 */
export async function exportProgramFormula(
  run: Run,
  id: string | undefined,
  { dir, language, force = false }: FormulaExportOptions,
): Promise<ExportDocument> {
  const { state } = readState(run);
  const individual = findProgram(run, state, id);
  const failedGates = failedExportGates(individual);
  if (failedGates.length > 0 && !force) throw refusedByGates(run, individual.id, failedGates);
  const warnings = choiceOf(individual, state, run.config.objective)?.warnings ?? [];
  const { program, evaluation } = individual;
  const { target, objective, scope, search, data } = run.config;
  const table = buildTable(await datasetOf(run), { target, splits: ['train', 'valid'] });
  const known = new Map((data.table?.features ?? []).map((column) => [column.name, column]));
  const files = exportFormula(
    {
      program,
      scope,
      fits: fitsInUse(evaluation),
      target: data.table?.target ?? { name: 't', header: 'step time', unit: 'µs' },
      columns: measure(program).features.map(
        (name) =>
          known.get(name) ?? {
            name,
            header: name,
            unit: table.features.find((feature) => feature.name === name)?.unit ?? '',
          },
      ),
      table,
      cautions: [...failedGates, ...warnings.map((reason) => ({ reason }))],
      provenance: {
        run: run.name,
        program: individual.id,
        dataset: data.hash,
        target,
        objective,
        seed: search.seed,
        error: evaluation.error,
        validationError: evaluation.validationError,
      },
    },
    language,
    dir,
  );
  return { program: individual.id, dir, files, failedGates, warnings };
}
