import { STEP_COLUMNS, type StepColumn } from '../physics/index.ts';

/** The columns of step records, in the order in which they are stored and hashed. */
export const COLUMN_NAMES: readonly StepColumn[] = Object.freeze(Object.keys(STEP_COLUMNS) as StepColumn[]);
