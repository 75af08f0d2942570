import type { ClientOverheads } from '../data/index.ts';
import { formatNumber } from './format.ts';
import { renderTable } from './table.ts';

/** What clients of one group of experiments see beyond steps. */
export interface OverheadsRow {
  readonly group: string;
  readonly overheads: ClientOverheads;
}

/** The overheads of clients, their units and what they mean. */
export const OVERHEADS: { readonly [O in keyof ClientOverheads]: { readonly name: string; readonly meaning: string } } =
  {
    requestUs: { name: 'α0, µs', meaning: 'of a request, before it can be scheduled' },
    completionUs: { name: 'α1, µs', meaning: 'from its last token to the end of its answer' },
    tokenUs: { name: 'α2, µs/token', meaning: 'of each output token on its way out' },
  };

export const OVERHEAD_NAMES: readonly (keyof ClientOverheads)[] = Object.freeze(
  Object.keys(OVERHEADS) as (keyof ClientOverheads)[],
);

/** Overheads by group as a table, and below it what they mean: many groups leave no room beside. */
export function overheadsTable(fits: readonly OverheadsRow[]): string {
  const table = renderTable(
    [{ header: 'overhead' }, ...fits.map(({ group }) => ({ header: group, align: 'right' as const }))],
    OVERHEAD_NAMES.map((name) => [OVERHEADS[name].name, ...fits.map(({ overheads }) => formatNumber(overheads[name]))]),
  );
  const legend = OVERHEAD_NAMES.map((name) => `${OVERHEADS[name].name.split(',')[0]}: ${OVERHEADS[name].meaning}`);
  return [table, ...legend].join('\n');
}
