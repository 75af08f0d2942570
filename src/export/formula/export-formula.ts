import { UserError } from '../../base/index.ts';
import { reductionsOf } from '../../program/index.ts';
import type { ExportFile } from '../types.ts';
import { writeExport } from '../write-folder.ts';
import { goFiles } from './go.ts';
import { latexFiles, treeFiles } from './paper.ts';
import { pythonFiles } from './python.ts';
import type { FormulaInput, FormulaLanguage } from './types.ts';

const FILES: { readonly [L in FormulaLanguage]: (input: FormulaInput) => readonly ExportFile[] } = {
  go: goFiles,
  python: pythonFiles,
  latex: latexFiles,
  tree: treeFiles,
};

/**
 * Writes a program as a formula of columns: a folder with a Go or Python module and its test, LaTeX, or the graph as JSON.
 *
 * @param dir absent, empty, or an earlier export
 * @returns paths inside the folder
 * @throws UserError where it goes over the requests of a batch, which are no columns, or the folder holds something else
 */
export function exportFormula(input: FormulaInput, language: FormulaLanguage, dir: string): readonly string[] {
  const [reduction] = reductionsOf(input.program.graph);
  if (reduction !== undefined && language !== 'latex') {
    throw new UserError({
      code: 'export.not-of-columns',
      problem: `program ${input.provenance.program} reads \`batch.${reduction.name}\`, which goes over the requests of a batch`,
      mend: 'Export it as Go, or choose a program that reads features alone',
    });
  }
  const { run, program, dataset, target } = input.provenance;
  return writeExport(dir, FILES[language](input), { language, run, program, dataset, target });
}
