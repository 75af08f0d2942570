import type { OpName } from './op-name.ts';
import type { Operation } from './operation.ts';
import { ARITHMETIC } from './operations/arithmetic.ts';
import { COMPARISONS } from './operations/comparisons.ts';
import { FUNCTIONS } from './operations/functions.ts';
import { LOGIC } from './operations/logic.ts';

export type { OpName } from './op-name.ts';

/** The table of operations. */
export const OPERATIONS: Readonly<Record<OpName, Operation>> = Object.freeze({
  ...ARITHMETIC,
  ...FUNCTIONS,
  ...COMPARISONS,
  ...LOGIC,
});

export const OP_NAMES: readonly OpName[] = Object.freeze(Object.keys(OPERATIONS) as OpName[]);
