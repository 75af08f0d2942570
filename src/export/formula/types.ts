import type { GroupFit, Scope } from '../../evaluate/index.ts';
import type { RegressionTable } from '../../data/index.ts';
import type { Program } from '../../program/index.ts';
import type { Caution, ExportProvenance } from '../types.ts';

/** A column that a formula reads or predicts. */
export interface FormulaColumn {
  /** As the program has it. */
  readonly name: string;
  /** As the table has it. */
  readonly header: string;
  /** Empty where it is not known. */
  readonly unit: string;
}

/** A program as a formula of columns, for those who compute the columns themselves. */
export interface FormulaInput {
  readonly program: Program;
  readonly scope: Scope;
  readonly fits: readonly GroupFit[];
  readonly target: FormulaColumn;
  /** Those that it reads. */
  readonly columns: readonly FormulaColumn[];
  /** Rows that the parity test is made of. */
  readonly table: RegressionTable;
  readonly cautions: readonly Caution[];
  readonly provenance: ExportProvenance;
}

/** What a formula can be written as. */
export const FORMULA_LANGUAGES = ['go', 'python', 'latex', 'tree'] as const;
export type FormulaLanguage = (typeof FORMULA_LANGUAGES)[number];
