import type { OpName } from './op-name.ts';
import type { Operation } from './operation.ts';
import { ARITHMETIC } from './operations/arithmetic.ts';
import { COMPARISONS } from './operations/comparisons.ts';
import { FUNCTIONS } from './operations/functions.ts';
import { LOGIC } from './operations/logic.ts';

export type { OpName } from './op-name.ts';

/**
 * The table of operations. A new one takes a name in `op-name.ts`, a row in `operations/` and its code in the table of the kernel
 * printer; none of the three compiles without the others, and `tests/program/every-operation.test.ts` walks it through every
 * stage.
 */
export const OPERATIONS: Readonly<Record<OpName, Operation>> = Object.freeze({
  ...ARITHMETIC,
  ...FUNCTIONS,
  ...COMPARISONS,
  ...LOGIC,
});

export const OP_NAMES: readonly OpName[] = Object.freeze(Object.keys(OPERATIONS) as OpName[]);
