import type { Graph, OpName } from '../../program/index.ts';
import { VECTOR_MATH } from './math-functions.ts';

/** Uses in a module up to which a function is written in place: in a value, its derivatives, and some more. */
const MOST_USES = 4;

/**
 * Functions that kernels of these graphs write in place. A call makes the caller store all registers and the function load its
 * constants, for each pair of rows; but code that many kernels share is compiled once.
 */
export function inlineFunctions(graphs: readonly Graph[]): ReadonlySet<OpName> {
  const uses = new Map<OpName, number>();
  for (const { nodes } of graphs) {
    for (const node of nodes) {
      if (node.kind === 'op' && node.op in VECTOR_MATH) uses.set(node.op, (uses.get(node.op) ?? 0) + 1);
    }
  }
  // A power may call the platform's, and a loop with a call in it stores registers even where the call is not reached.
  uses.delete('pow');
  return new Set([...uses].flatMap(([op, count]) => (count <= MOST_USES ? [op] : [])));
}
