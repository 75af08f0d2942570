import { formatNumber } from './format.ts';
import { renderTable } from './table.ts';

/** Fitted constants of one group; null where the data cannot identify one. */
export interface ConstantsRow {
  readonly group: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly standardErrors: Readonly<Record<string, number | null>>;
}

/** Constants by group as a table, each with its standard error. */
export function constantsTable(fits: readonly ConstantsRow[]): string {
  const names = Object.keys(fits[0]?.constants ?? {});
  return renderTable(
    [{ header: 'constant' }, ...fits.map(({ group }) => ({ header: group, align: 'right' as const }))],
    names.map((name) => [
      name,
      ...fits.map(({ constants, standardErrors }) => {
        const error = standardErrors[name];
        const spread = error === null || error === undefined ? 'not identified' : `± ${formatNumber(error)}`;
        return `${formatNumber(constants[name] ?? Number.NaN)} ${spread}`;
      }),
    ]),
  );
}
