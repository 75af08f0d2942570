import type { OpDefinition, OpName } from './operator.ts';
import { ARITHMETIC } from './operators/arithmetic.ts';
import { FUNCTIONS } from './operators/functions.ts';
import { LOGIC } from './operators/logic.ts';

export type { OpName } from './operator.ts';

/** The operator table. A new name in `OpName` does not compile until its row has every field. */
export const OPERATORS: Readonly<Record<OpName, OpDefinition>> = {
  ...ARITHMETIC,
  ...FUNCTIONS,
  ...LOGIC,
} satisfies Record<OpName, OpDefinition>;

export const OP_NAMES: readonly OpName[] = Object.keys(OPERATORS) as OpName[];
