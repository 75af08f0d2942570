import { mergeConstants } from './simplify/merge-constants.ts';
import { normalizeChains } from './simplify/chains.ts';
import type { Program } from './ir.ts';

/**
 * Simplification runs two passes in turn until nothing changes. The first replaces every expression that consists of
 * constants alone by one constant. The second rebuilds the graph: sums, products, minima, maxima and hypotenuses that
 * nobody else uses are flattened and rebuilt in one shape, and each operation goes through the local rules. Both keep
 * the value: exactly where only the local rules act, to rounding where terms of a chain move.
 */
const PASSES = 12;

function same(a: Program, b: Program): boolean {
  return JSON.stringify([a.constants, a.graph]) === JSON.stringify([b.constants, b.graph]);
}

function size(program: Program): number {
  return program.graph.nodes.reduce(
    (sum, node) => sum + (node.kind === 'op' ? Math.max(1, node.args.length - 1) : 0),
    0,
  );
}

const known = new WeakMap<Program, Program>();

/**
 * An equivalent program that is not larger. Constants that can only act as one become one, which keeps the name of the
 * first and starts from the common value. Wherever all intermediate values are finite, the value with the start
 * constants stays the same to 1e-12 relative; where terms of a sum cancel, relative to those terms. Idempotent.
 */
export function simplify(program: Program): Program {
  const cached = known.get(program);
  if (cached !== undefined) return cached;
  let current = program;
  for (let pass = 0; pass < PASSES; pass++) {
    const next = normalizeChains(mergeConstants(current));
    if (same(next, current)) break;
    current = next;
  }
  // A sign that is pulled out of a product stays behind where something else uses it too.
  if (size(current) > size(program)) current = program;
  known.set(program, current);
  known.set(current, current);
  return current;
}
