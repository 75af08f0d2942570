import { formatPercent } from './format.ts';
import { renderTable } from './table.ts';

/** What the table shows of a program; errors in percent. */
export interface FrontierRow {
  readonly id: string;
  readonly operations: number;
  readonly conditionals: number;
  readonly constants: number;
  readonly features: number;
  readonly error: number;
  readonly mape: number;
  readonly validationError: number;
  readonly generation: number;
  readonly operator: string;
}

/**
 * A Pareto front as a table, with the chosen program marked.
 *
 * @param pick id of the program that is chosen by default.
 */
export function frontierTable(rows: readonly FrontierRow[], pick: string | undefined): string {
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  return renderTable(
    [
      { header: '' },
      { header: 'program' },
      right('ops'),
      right('cond'),
      right('const'),
      right('feat'),
      right('error %'),
      right('MAPE %'),
      right('valid %'),
      right('gen'),
      { header: 'operator' },
    ],
    rows.map((row) => [
      row.id === pick ? '*' : '',
      row.id,
      String(row.operations),
      String(row.conditionals),
      String(row.constants),
      String(row.features),
      formatPercent(row.error),
      formatPercent(row.mape),
      formatPercent(row.validationError),
      String(row.generation),
      row.operator,
    ]),
  );
}
