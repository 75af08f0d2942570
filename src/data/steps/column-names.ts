import { STEP_COLUMNS, type StepColumn } from '../../physics/index.ts';

/** The columns of step records, in the order in which they are stored and hashed. */
export const COLUMN_NAMES: readonly StepColumn[] = Object.freeze(Object.keys(STEP_COLUMNS) as StepColumn[]);

/** A column that step records may be read with. */
export type ReadColumn = StepColumn | 'kvTokens';

/** What each may be called besides its own name: the attribute of BATCH_SUMMARY, or one in its manner. */
export const READ_COLUMNS: { readonly [C in ReadColumn]: string } = { ...STEP_COLUMNS, kvTokens: 'kv.context_tokens' };

export const READ_NAMES: readonly ReadColumn[] = Object.freeze(Object.keys(READ_COLUMNS) as ReadColumn[]);
