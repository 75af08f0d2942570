import { frontierTable } from '../report/index.ts';
import type { FrontierEntry } from '../run/index.ts';

const LEGEND =
  '* the pick: simplest within 5 % of the best validation error. Error: the objective on training rows; valid: on validation rows.';

/** The front as a table with its legend. */
export function frontierText(entries: readonly FrontierEntry[], pick: string | undefined): string {
  return `${frontierTable(entries, pick)}\n${LEGEND}`;
}
