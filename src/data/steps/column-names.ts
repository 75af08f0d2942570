import { STEP_COLUMNS, type StepColumn } from '../../physics/index.ts';

/** The columns of step records, in the order in which they are stored and hashed. */
export const COLUMN_NAMES: readonly StepColumn[] = Object.freeze(Object.keys(STEP_COLUMNS) as StepColumn[]);

/** A column that step records may be read with. */
export type ReadColumn = StepColumn | 'kvTokens';

/** What each may be called besides its own name: the attribute of BATCH_SUMMARY, or one in its manner. */
export const READ_COLUMNS: { readonly [C in ReadColumn]: string } = { ...STEP_COLUMNS, kvTokens: 'kv.context_tokens' };

export const READ_NAMES: readonly ReadColumn[] = Object.freeze(Object.keys(READ_COLUMNS) as ReadColumn[]);

/** Columns that hold no counts and no ids: times, shares, and sums that others may have worked out. */
export const FRACTION_COLUMNS: ReadonlySet<string> = new Set<ReadColumn>([
  'startNs',
  'endNs',
  'durationUs',
  'kvUsageRatio',
  'kvTokens',
]);

const SPELLINGS: ReadonlySet<string> = new Set([...READ_NAMES, ...Object.values(READ_COLUMNS)]);

/** Whether a source's column is one of the step records, in either spelling; any other column is a label. */
export function isStepColumn(key: string): boolean {
  return SPELLINGS.has(key);
}
