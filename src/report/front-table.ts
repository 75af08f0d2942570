import type { FrontEntry } from '../run/index.ts';
import { csvText } from './csv.ts';
import { formatPercent } from './format.ts';
import { renderTable } from './table.ts';

/** What the table shows of a program. */
export type FrontRow = Omit<FrontEntry, 'source'>;

/**
 * A Pareto front as a table, with two programs marked. Where programs were fitted in closed loop, the column `loop` has their error in
 * it on validation requests, in the place of MAPE.
 *
 * @param pick id of the program that is chosen by default: `*`.
 * @param knee id of the program at the knee: `K`.
 */
export function frontTable(
  rows: readonly FrontRow[],
  pick: string | undefined,
  knee?: string,
  isOfRows = false,
): string {
  const right = (header: string): { readonly header: string; readonly align: 'right' } => ({ header, align: 'right' });
  // Within 80 columns there is room for one of the two.
  const hasLoop = rows.some(({ closedLoop }) => closedLoop !== undefined);
  return renderTable(
    [
      { header: '' },
      { header: 'program' },
      right('ops'),
      right('if'),
      right('const'),
      right('feat'),
      right('error'),
      ...(hasLoop ? [] : [right(isOfRows ? 'MAE' : 'MAPE')]),
      right('valid'),
      ...(hasLoop ? [right('loop')] : []),
      right('gen'),
      { header: 'operator' },
    ],
    rows.map((row) => [
      `${row.id === pick ? '*' : ''}${row.id === knee ? 'K' : ''}`,
      row.id,
      String(row.operations),
      String(row.conditionals),
      String(row.constants),
      String(row.features),
      formatPercent(row.error),
      ...(hasLoop ? [] : [formatPercent(row.mape)]),
      formatPercent(row.validationError),
      ...(hasLoop ? [formatPercent(row.closedLoop?.validationError ?? null)] : []),
      String(row.generation),
      row.operator,
    ]),
  );
}

/** The same as comma-separated values, numbers at full precision. */
export function frontCsv(rows: readonly FrontRow[], pick: string | undefined, knee?: string): string {
  const figures = [
    'operations',
    'conditionals',
    'constants',
    'features',
    'error',
    'mape',
    'validationError',
    'generation',
    'operator',
  ] as const;
  return csvText(
    ['program', 'pick', 'knee', ...figures, 'closedLoopError', 'closedLoopValidationError'],
    rows.map((row) => [
      row.id,
      Number(row.id === pick),
      Number(row.id === knee),
      ...figures.map((name) => row[name]),
      row.closedLoop?.error ?? null,
      row.closedLoop?.validationError ?? null,
    ]),
  );
}
