import type { OpName } from './op-name.ts';
import type { ChainKind } from './operations/columns.ts';
import { OPERATIONS } from './operations.ts';

/** Whether an operation adds up, or multiplies, all of its arguments: none is subtracted or divided by. */
export function joinsAll(op: OpName, kind: ChainKind): boolean {
  const { chain } = OPERATIONS[op];
  return chain?.of === kind && chain.role === 'link' && !chain.inverts.includes(true);
}

/** Whether an argument is a factor of the value: what is multiplied, not divided by, and what only turns its sign. */
export function isFactorAt(op: OpName, place: number): boolean {
  const { chain } = OPERATIONS[op];
  if (chain?.role !== 'link') return false;
  return chain.inverts.length === 1 || (chain.of === 'product' && chain.inverts[place] === false);
}
